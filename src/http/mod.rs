//! The doors: provider webhooks, media sockets, the API, the console, health.

mod api;
mod auth;
mod console;
mod health;
mod idempotency;
mod problem;
mod socket;
mod telephony;
mod transfer;
mod webhooks;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use crate::domain::figures::Costs;
use crate::domain::values::PhoneNumber;
use crate::ports::access::AnswerStore;
use crate::ports::commerce::ActionStore;
use crate::ports::desk::{ContactStore, DeskStore};
use crate::ports::dialling::{CampaignStore, PlanStore};
use crate::ports::figures::FigureStore;
use crate::ports::shipments::ShipmentStore;
use crate::ports::store::DeliveryStore;
use crate::ports::telephony::{Capabilities, MediaCodec, TelephonyProvider};
use crate::ports::transfers::TransferStore;
use crate::runtime::evidence::Evidence;
use crate::runtime::intake::Intake;
use crate::runtime::outreach::Outreach;
use crate::runtime::reception::Reception;
use crate::runtime::retention::Retention;

pub use auth::{Gate, GateSettings};
pub use idempotency::ANSWERS_KEPT;

/// Bodies of webhooks and API writes. Larger ones are refused with 413.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The console's own way in, which has no carrier behind it.
#[derive(Clone, Copy)]
pub struct BrowserDoor {
    pub capabilities: &'static Capabilities,
    pub media_codec: fn() -> Box<dyn MediaCodec>,
}

/// What the doors need. Cheap to clone.
#[derive(Clone)]
pub struct Doors(Arc<DoorsInner>);

pub struct DoorsInner {
    pub reception: Arc<Reception>,
    pub providers: BTreeMap<&'static str, Arc<dyn TelephonyProvider>>,
    /// Who places calls, and from which number; none where no carrier is set up for it.
    pub outbound: Option<(Arc<dyn TelephonyProvider>, PhoneNumber)>,
    pub browser: BrowserDoor,
    pub deliveries: Arc<dyn DeliveryStore>,
    pub metrics: PrometheusHandle,
    /// Who may use the API and the console.
    pub gate: Gate,
    pub answers: Arc<dyn AnswerStore>,
    pub desk: Arc<dyn DeskStore>,
    pub transfers: Arc<dyn TransferStore>,
    pub contacts: Arc<dyn ContactStore>,
    pub figures: Arc<dyn FigureStore>,
    pub costs: Costs,
    pub shipments: Arc<dyn ShipmentStore>,
    /// Where shops and carriers come in.
    pub intake: Arc<Intake>,
    pub actions: Arc<dyn ActionStore>,
    pub plans: Arc<dyn PlanStore>,
    pub campaigns: Arc<dyn CampaignStore>,
    pub retention: Arc<Retention>,
    pub outreach: Arc<Outreach>,
    /// None without a secret to sign with.
    pub evidence: Option<Evidence>,
    /// Whether this is the demonstration, which the console says on its first page.
    pub is_demo: bool,
}

impl Doors {
    pub fn new(inner: DoorsInner) -> Self {
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for Doors {
    type Target = DoorsInner;
    fn deref(&self) -> &DoorsInner {
        &self.0
    }
}

/// All routes.
///
/// Order: served with the peer's address as connect info.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/telephony/{provider}/voice", post(telephony::voice))
        .route("/telephony/{provider}/status", post(telephony::status))
        .route("/telephony/{provider}/transfer/{door}", post(transfer::report))
        .route("/telephony/{provider}/hold.wav", get(transfer::hold_music))
        .route("/telephony/{provider}/media", get(telephony::media))
        .route("/telephony/{provider}/media/{token}", get(telephony::media))
        .route("/webhooks/{source}", post(webhooks::receive))
        .nest("/api/v1", api::router(&doors))
        .route("/api/openapi.json", get(api::openapi))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(console::file)
        .layer(CsrfLayer::new())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CatchPanicLayer::custom(problem::after_panic))
        .layer(axum::middleware::from_fn(problem::for_bare_errors))
        .with_state(doors)
}
