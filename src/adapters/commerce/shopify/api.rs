//! Shopify's Admin API: tokens that run out, and what is written on orders.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::adapters::commerce::client::{ApiClient, NoAnswer, send};
use crate::adapters::commerce::reading::Json;
use crate::domain::orders::actions::{Action, ActionKind};
use crate::ports::commerce::{ActionError, ActionScope, ActionSubject, ActionTaken, CommerceActions, SourceError};

/// Pinned: a version is served for a year.
const VERSION: &str = "2026-10";

/// A token that was fetched is fetched anew this long before it runs out.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(10);

/// Throttled requests may come again after this.
const THROTTLED_WAIT: Duration = Duration::from_secs(2);

const KINDS: &[ActionKind] = &[
    ActionKind::ConfirmCod,
    ActionKind::MarkCancelRequested,
    ActionKind::MarkNotOrdered,
    ActionKind::MarkWrongNumber,
    ActionKind::MarkCallback,
    ActionKind::MarkAddressChanged,
    ActionKind::WriteNote,
    ActionKind::CancelOrder,
];

/// Tags that say what came of a call. Each takes the place of the others.
const RESULT_TAGS: &[&str] = &[
    "cod-confirmed",
    "cod-cancel-requested",
    "cod-not-ordered",
    "cod-unreachable",
    "cod-callback",
    "cod-wrong-number",
];

pub(super) struct AdminApi {
    name: String,
    client: ApiClient,
    /// A token, or `client_id:client_secret` to fetch one with.
    token: SecretString,
    fetched: Mutex<Option<(SecretString, Timestamp)>>,
}

impl AdminApi {
    pub(super) fn new(name: String, client: ApiClient, token: SecretString) -> Self {
        Self { name, client, token, fetched: Mutex::new(None) }
    }

    /// A request that carries a token that holds.
    pub(super) async fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SourceError> {
        let token = self.current_token().await?;
        let path = format!("/admin/api/{VERSION}{path}");
        Ok(self.client.request(method, &path).header("x-shopify-access-token", token.expose_secret()))
    }

    async fn current_token(&self) -> Result<SecretString, SourceError> {
        let Some((id, secret)) = self.token.expose_secret().split_once(':') else { return Ok(self.token.clone()) };
        let mut fetched = self.fetched.lock().await;
        let now = Timestamp::now();
        if let Some((token, until)) = fetched.as_ref()
            && now.saturating_add(RENEW_BEFORE).is_ok_and(|soon| soon < *until)
        {
            return Ok(token.clone());
        }
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let request = self.client.request(Method::POST, "/admin/oauth/access_token").form(&form);
        let body = send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
        let token = Json(&body).text_of("access_token").ok_or_else(|| SourceError::Refused {
            reason: "no token was given; check client id and secret in token".to_owned(),
        })?;
        let lasts = Json(&body).text_of("expires_in").and_then(|text| text.parse().ok()).unwrap_or(3_600);
        let until = now.saturating_add(SignedDuration::from_secs(lasts)).unwrap_or(Timestamp::MAX);
        let token = SecretString::from(token);
        *fetched = Some((token.clone(), until));
        Ok(token)
    }

    /// Asks in GraphQL. A good answer may still hold errors, on two levels.
    async fn ask(&self, query: &str, variables: Value) -> Result<Value, ActionError> {
        let request = self.request(Method::POST, "/graphql.json").await.map_err(|error| match error {
            SourceError::Unavailable { reason, retry_after } => ActionError::Unavailable { reason, retry_after },
            SourceError::Refused { reason } => ActionError::Refused { reason },
        })?;
        let request = request.json(&json!({ "query": query, "variables": variables }));
        let answer = send(request).await.map_err(NoAnswer::for_action)?;
        if answer.status.as_u16() == 401 {
            *self.fetched.lock().await = None;
        }
        let body = answer.into_action()?;
        check_errors(&body)?;
        Ok(body)
    }

    async fn set_tags(&self, id: &str, tag: &str) -> Result<(), ActionError> {
        let others: Vec<&str> = RESULT_TAGS.iter().filter(|other| **other != tag).copied().collect();
        if RESULT_TAGS.contains(&tag) {
            let remove = "mutation($id:ID!,$t:[String!]!){tagsRemove(id:$id,tags:$t){userErrors{field message}}}";
            self.ask(remove, json!({ "id": id, "t": others })).await?;
        }
        let add = "mutation($id:ID!,$t:[String!]!){tagsAdd(id:$id,tags:$t){userErrors{field message}}}";
        self.ask(add, json!({ "id": id, "t": [tag, "voice-agent"] })).await.map(drop)
    }

    /// Adds a sentence to the order's note, which is replaced as a whole: it is read, and written with the sentence.
    async fn add_note(&self, id: &str, action: &Action) -> Result<(), ActionError> {
        let read = "query($id:ID!){order(id:$id){note customAttributes{key value}}}";
        let body = self.ask(read, json!({ "id": id })).await?;
        let order = Json(&body).get("data").get("order");
        if !order.is_present() {
            return Err(ActionError::Refused { reason: "the shop has no such order".to_owned() });
        }
        let note = order.get("note").0.as_str().unwrap_or_default();
        if note.contains(&action.mark()) {
            return Ok(());
        }
        let note = if note.is_empty() { action.sentence() } else { format!("{note}\n{}", action.sentence()) };
        let mut input = json!({ "id": id, "note": note });
        if let (ActionKind::MarkAddressChanged, Some(words)) = (action.kind, &action.note) {
            let mut attributes: Vec<Value> = order.get("customAttributes").entries().map(|one| one.0.clone()).collect();
            attributes.retain(|attribute| attribute["key"] != "address_change");
            attributes.push(json!({ "key": "address_change", "value": words.reveal() }));
            input["customAttributes"] = Value::Array(attributes);
        }
        let write = "mutation($i:OrderInput!){orderUpdate(input:$i){userErrors{field message}}}";
        self.ask(write, json!({ "i": input })).await.map(drop)
    }

    async fn cancel(&self, id: &str) -> Result<Option<String>, ActionError> {
        let body = self.ask("query($id:ID!){order(id:$id){cancelledAt}}", json!({ "id": id })).await?;
        if Json(&body).get("data").get("order").text_of("cancelledAt").is_some() {
            return Ok(None);
        }
        let cancel = "mutation($id:ID!){orderCancel(orderId:$id,reason:CUSTOMER,refund:false,restock:true,\
            notifyCustomer:true,staffNote:\"Voice agent\"){job{id} orderCancelUserErrors{field message}}}";
        let body = self.ask(cancel, json!({ "id": id })).await?;
        Ok(Json(&body).get("data").get("orderCancel").get("job").text_of("id"))
    }
}

/// Source: errors at the top, `userErrors` in each mutation, and throttling with status 200.
fn check_errors(body: &Value) -> Result<(), ActionError> {
    let body = Json(body);
    if let Some(first) = body.get("errors").entries().next() {
        let code = first.get("extensions").text_of("code").unwrap_or_default();
        if code == "THROTTLED" {
            let reason = "throttled".to_owned();
            return Err(ActionError::Unavailable { reason, retry_after: Some(THROTTLED_WAIT) });
        }
        return Err(ActionError::Refused {
            reason: format!("the shop says {}", if code.is_empty() { "no" } else { &code }),
        });
    }
    let answers = body.get("data").0.as_object().into_iter().flatten();
    for (_, answer) in answers {
        let faults = ["userErrors", "orderCancelUserErrors"];
        if faults.iter().any(|name| Json(answer).get(name).entries().next().is_some()) {
            let fault = faults.iter().find_map(|name| Json(answer).get(name).entries().next()?.text_of("message"));
            return Err(ActionError::Refused { reason: fault.unwrap_or_else(|| "the shop says no".to_owned()) });
        }
    }
    if body.get("data").is_present() {
        Ok(())
    } else {
        Err(ActionError::OutcomeUnknown { reason: "the answer is not GraphQL".to_owned() })
    }
}

#[async_trait]
impl CommerceActions for AdminApi {
    fn name(&self) -> &str {
        &self.name
    }

    fn can(&self, kind: ActionKind) -> bool {
        KINDS.contains(&kind)
    }

    fn scope(&self) -> ActionScope {
        ActionScope::Orders
    }

    async fn act(&self, action: &Action, subject: &ActionSubject) -> Result<ActionTaken, ActionError> {
        let number = subject.vendor_order_id.as_ref().ok_or_else(|| ActionError::Refused {
            reason: "the shop has not told its own id of this order".to_owned(),
        })?;
        let id = format!("gid://shopify/Order/{number}");
        let tag = match action.kind {
            ActionKind::ConfirmCod => Some("cod-confirmed"),
            ActionKind::MarkCancelRequested => Some("cod-cancel-requested"),
            ActionKind::MarkNotOrdered => Some("cod-not-ordered"),
            ActionKind::MarkWrongNumber => Some("cod-wrong-number"),
            ActionKind::MarkCallback => Some("cod-callback"),
            ActionKind::MarkAddressChanged => Some("address-changed"),
            ActionKind::WriteNote => Some("voice-agent"),
            ActionKind::CancelOrder => None,
            ActionKind::Reattempt
            | ActionKind::Reschedule
            | ActionKind::EditAddress
            | ActionKind::EditPhone
            | ActionKind::ReturnToShop
            | ActionKind::SendPaymentLink => {
                return Err(ActionError::Refused { reason: "a shop does not move parcels".to_owned() });
            }
        };
        let Some(tag) = tag else { return Ok(ActionTaken { reference: self.cancel(&id).await? }) };
        self.set_tags(&id, tag).await?;
        self.add_note(&id, action).await?;
        Ok(ActionTaken { reference: Some(tag.to_owned()) })
    }
}
