//! The queue of planned calls on both engines, held against the pure rules and against several servers at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::SqlStore;
use super::engines::{on_both_engines, second_server};
use super::samples::{at, call_id, finished, opened};
use crate::domain::call::{CallDirection, OpenedCall};
use crate::domain::dialling::{AttemptClass, PlanProgress, PlanState};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::{PlannedCall, Urgency};
use crate::domain::values::CallId;
use crate::ports::dialling::{
    BegunAttempt, Campaign, CampaignState, CampaignStore, LeaseLimits, LeasedPlan, NewPlan, PlanFilter, PlanSettlement,
    PlanStore, StoredPlan,
};
use crate::ports::nodes::NodeStore;
use crate::ports::store::{CallStore, StoreError};

const TRUNK: &str = "twilio";
const LEASE: Duration = Duration::from_secs(15);
const LIMITS: LeaseLimits = LeaseLimits { lease: LEASE, count_max: 100, per_second: 1_000, at_once_max: 100 };

fn plan(key: &str, phone: u32, urgency: Urgency, expires: i64) -> NewPlan {
    let call = PlannedCall {
        key: key.to_owned(),
        order_ref: OrderRef(format!("KH-{phone}")),
        scenario: "delayed".to_owned(),
        to: format!("+9198450{phone:05}").parse().unwrap(),
        urgency,
        planned_at: at(0),
        told_at: None,
        not_before: at(0),
        expires_at: at(expires),
        rule: "a rule".to_owned(),
        policy: "a policy/1".to_owned(),
    };
    NewPlan { call, campaign: None }
}

fn begun(lease: &LeasedPlan, now: Timestamp) -> BegunAttempt {
    let id = call_id();
    let to = Some(lease.plan.call.to.clone());
    let opened = OpenedCall { direction: CallDirection::Outbound, from: None, to, ..opened(id, now) };
    BegunAttempt { opened, token_hash: format!("hash of {id}"), local_hour: 11 }
}

async fn lease(store: &SqlStore, now: Timestamp) -> Vec<LeasedPlan> {
    store.lease_plans(TRUNK, now, &LIMITS).await.unwrap()
}

fn keys(leases: &[LeasedPlan]) -> Vec<&str> {
    leases.iter().map(|lease| lease.plan.call.key.as_str()).collect()
}

async fn dial(store: &SqlStore, lease: &LeasedPlan, now: Timestamp) -> CallId {
    let attempt = begun(lease, now);
    store.begin_attempt(lease, now, &attempt).await.unwrap();
    attempt.opened.id
}

async fn the_plan(store: &SqlStore, key: &str) -> StoredPlan {
    let page = store.list_plans(&PlanFilter::default(), None, 500).await.unwrap();
    page.rows.into_iter().find(|plan| plan.call.key == key).unwrap()
}

/// The one ended attempt, settled.
async fn settle(store: &SqlStore, now: Timestamp, class: AttemptClass, state: PlanState, due_at: Timestamp) {
    let ended = store.ended_attempts(10).await.unwrap();
    assert_eq!(ended.len(), 1);
    let settlement = PlanSettlement { class, state, due_at };
    assert_eq!(store.settle_plan(&ended[0], now, &settlement).await, Ok(true));
    assert_eq!(store.settle_plan(&ended[0], now, &settlement).await, Ok(false), "once");
    assert_eq!(store.ended_attempts(10).await.unwrap(), []);
}

on_both_engines! {
    equal_keys_are_one_plan(store) => {
        let plans = [plan("a", 1, Urgency::Normal, 60), plan("b", 2, Urgency::Normal, 60), plan("a", 3, Urgency::Now, 9)];
        assert_eq!(store.put_plans(&plans, at(0)).await, Ok(2));
        assert_eq!(store.put_plans(&plans, at(5)).await, Ok(0));
        let first = the_plan(&store, "a").await;
        assert_eq!(first.call, plans[0].call, "the first stands");
        assert_eq!(first.progress, PlanProgress::new(at(0)));
        assert_eq!(store.count_plans(None).await, Ok(vec![(PlanState::Waiting, 2)]));
    }

    the_urgent_is_lent_first_and_of_one_number_one_at_a_time(store) => {
        let plans = [
            plan("low", 1, Urgency::Low, 500), plan("late", 2, Urgency::Normal, 900),
            plan("soon", 3, Urgency::Normal, 800), plan("now", 4, Urgency::Now, 950),
            plan("same number, less urgent", 4, Urgency::High, 100), plan("expired", 5, Urgency::Now, 0),
        ];
        store.put_plans(&plans, at(0)).await.unwrap();
        assert_eq!(keys(&store.lease_plans(TRUNK, at(1), &LeaseLimits { count_max: 2, ..LIMITS }).await.unwrap()), ["now", "soon"]);
        assert_eq!(keys(&lease(&store, at(1)).await), ["late", "low"], "the number of `now` is taken");
        assert_eq!(lease(&store, at(15)).await, []);
        assert_eq!(keys(&lease(&store, at(16)).await), ["now", "soon", "late", "low"], "the leases have run out");
        assert_eq!(store.expire_plans(at(16)).await, Ok(1));
    }

    turns_and_places_on_the_trunk_are_shared_by_all_servers(store) => {
        let plans: Vec<NewPlan> = (0..40).map(|n| plan(&format!("{n}"), n, Urgency::Normal, 900)).collect();
        store.put_plans(&plans, at(0)).await.unwrap();
        let limits = LeaseLimits { per_second: 10, at_once_max: 18, ..LIMITS };
        let other = second_server(&store);
        let mut turns: Vec<i64> = Vec::new();
        for server in [&store, &other] {
            for lease in server.lease_plans(TRUNK, at(1), &limits).await.unwrap() {
                turns.push(lease.dial_at.as_millisecond() - at(1).as_millisecond());
            }
        }
        assert_eq!(turns, (0..11).map(|turn| turn * 100).collect::<Vec<_>>(), "a second ahead, 100 ms apart");
        assert_eq!(other.lease_plans(TRUNK, at(2), &limits).await.unwrap().len(), 7, "18 places in all");
        assert_eq!(store.lease_plans(TRUNK, at(4), &limits).await.unwrap(), []);
        assert_eq!(store.lease_plans("another", at(4), &limits).await.unwrap().len(), 11, "another trunk has its own");
    }

    an_attempt_is_written_once_under_its_lease(store) => {
        store.put_plans(&[plan("a", 1, Urgency::Normal, 600)], at(0)).await.unwrap();
        let old = lease(&store, at(0)).await.remove(0);
        let new = second_server(&store).lease_plans(TRUNK, at(15), &LIMITS).await.unwrap().remove(0);
        assert_eq!(store.begin_attempt(&old, at(16), &begun(&old, at(16))).await, Err(StoreError::NotFound));
        assert_eq!(store.give_back(&old, at(16), (PlanState::GivenUp, at(16)), "x").await, Err(StoreError::NotFound));
        let attempt = begun(&new, at(16));
        assert_eq!(store.begin_attempt(&new, at(16), &attempt).await, Ok(1));
        assert_eq!(store.begin_attempt(&new, at(16), &begun(&new, at(16))).await, Err(StoreError::NotFound), "never twice");
        assert_eq!(lease(&store, at(500)).await, [], "not while it has no outcome");
        assert_eq!(store.cancel_plan(&new.plan.id, at(17)).await, Err(StoreError::Conflict));
        let found = store.attempt_by_token(&attempt.token_hash).await.unwrap().unwrap();
        assert_eq!((found.opened.id, found.attempt_no, found.is_answered, found.has_ended, found.is_own), (attempt.opened.id, 1, false, false, true));
        assert_eq!(store.attempt_by_token("of nobody").await, Ok(None));
        assert_eq!(store.ended_attempts(10).await, Ok(vec![]));
        store.finish_call(&finished(attempt.opened.id, at(40)), &[]).await.unwrap();
        settle(&store, at(41), AttemptClass::Busy, PlanState::Waiting, at(60)).await;
        assert_eq!(lease(&store, at(59)).await, []);
        let again = lease(&store, at(60)).await.remove(0);
        let second = dial(&store, &again, at(61)).await;
        store.finish_call(&finished(second, at(70)), &[]).await.unwrap();
        let ended = store.ended_attempts(10).await.unwrap();
        assert_eq!(ended[0].earlier.iter().map(|earlier| (earlier.class, earlier.hour)).collect::<Vec<_>>(), [(AttemptClass::Busy, 11)]);
        settle(&store, at(71), AttemptClass::Talked, PlanState::Done, at(71)).await;
        let plan = the_plan(&store, "a").await;
        assert_eq!((plan.progress.state, plan.progress.attempts, plan.why.as_deref()), (PlanState::Done, 2, Some("talked")));
        let hours = store.hour_counts().await.unwrap();
        assert_eq!((hours.tried[11], hours.reached[11]), (2, 1));
        assert_eq!(store.forget_plans(at(72)).await, Ok(1));
        assert_eq!(store.hour_counts().await.unwrap().tried[11], 0);
    }

    what_rings_at_a_dead_server_is_adopted_once(store) => {
        let (dead, alive) = (second_server(&store), second_server(&store));
        alive.beat(at(100)).await.unwrap();
        let plans = [plan("a", 1, Urgency::Normal, 600), plan("b", 2, Urgency::Normal, 600), plan("c", 3, Urgency::Normal, 600)];
        store.put_plans(&plans, at(0)).await.unwrap();
        let leases = lease(&store, at(0)).await;
        let (rings, answered) = (dial(&dead, &leases[0], at(1)).await, dial(&dead, &leases[1], at(1)).await);
        let of_alive = dial(&alive, &leases[2], at(1)).await;
        store.note_answered(answered, at(3)).await.unwrap();
        assert_eq!(store.note_placed(rings, "CA1").await, Ok(true));
        assert_eq!(store.note_placed(of_alive, "CA1").await, Ok(false), "the name is taken");
        assert_eq!(store.own_ringing(10).await, Ok(vec![]));
        // What rings is the dialler's; what was answered is closed as interrupted.
        let left: Vec<CallId> = store.calls_left_open(at(101), 10).await.unwrap().iter().map(|call| call.id).collect();
        assert_eq!(left, [answered]);
        let is_shared = !store.has_one_server();
        assert_eq!(store.adopt_attempts(at(100), None).await, Ok(if is_shared { 1 } else { 2 }));
        assert_eq!(store.adopt_attempts(at(100), None).await, Ok(0));
        let own = store.own_ringing(10).await.unwrap();
        assert!(own.contains(&rings) && !own.contains(&answered));
        assert_eq!(store.attempt(rings).await.unwrap().map(|attempt| (attempt.is_own, attempt.opened.provider_call_id)), Some((true, "CA1".to_owned())));
        assert!(0 < alive.adopt_attempts(Timestamp::MIN, Some(rings)).await.unwrap(), "an answered webhook takes it");
        assert!(alive.own_ringing(10).await.unwrap().contains(&rings));
    }

    a_paused_campaign_is_not_dialled_and_a_cancelled_one_ends(store) => {
        let campaign = |id: &str| Campaign {
            id: id.to_owned(), name: "late parcels".to_owned(), scenario: "delayed".to_owned(), state: CampaignState::Running,
            from: at(0), until: at(600), created_at: at(0), created_by: "somebody".to_owned(),
        };
        let of = |id: &str, phone| NewPlan { campaign: Some(id.to_owned()), ..plan(&format!("{id}-{phone}"), phone, Urgency::Normal, 600) };
        assert_eq!(store.put_campaign(&campaign("one"), &[of("one", 1), of("one", 2)]).await, Ok(2));
        assert_eq!(store.put_campaign(&campaign("two"), &[of("two", 2), of("two", 3)]).await, Ok(2));
        let lent = store.lease_plans(TRUNK, at(0), &LeaseLimits { count_max: 1, ..LIMITS }).await.unwrap();
        assert_eq!(keys(&lent), ["one-1"]);
        store.set_campaign_state("one", CampaignState::Paused, at(1)).await.unwrap();
        assert_eq!(store.begin_attempt(&lent[0], at(1), &begun(&lent[0], at(1))).await, Err(StoreError::NotFound), "lent before the pause");
        assert_eq!(keys(&lease(&store, at(1)).await), ["two-2", "two-3"], "a paused plan holds no number");
        store.set_campaign_state("one", CampaignState::Running, at(30)).await.unwrap();
        assert_eq!(store.campaign("one").await.unwrap().map(|campaign| campaign.state), Some(CampaignState::Running));
        let leases = lease(&store, at(30)).await;
        let lent = leases.iter().find(|lease| lease.plan.call.key == "one-1").unwrap();
        let call = dial(&store, lent, at(30)).await;
        store.set_campaign_state("one", CampaignState::Cancelled, at(31)).await.unwrap();
        assert_eq!(store.set_campaign_state("one", CampaignState::Running, at(32)).await, Err(StoreError::Conflict));
        assert_eq!(store.set_campaign_state("three", CampaignState::Running, at(32)).await, Err(StoreError::NotFound));
        let counts: BTreeMap<_, _> = store.count_plans(Some("one")).await.unwrap().into_iter().collect();
        assert_eq!(counts, BTreeMap::from([(PlanState::Dialling, 1), (PlanState::Cancelled, 1)]));
        store.finish_call(&finished(call, at(40)), &[]).await.unwrap();
        settle(&store, at(41), AttemptClass::Busy, PlanState::Waiting, at(60)).await;
        assert_eq!(the_plan(&store, "one-1").await.progress.state, PlanState::Cancelled, "no next try");
        assert_eq!(store.list_campaigns(None, 10).await.unwrap().rows.len(), 2);
    }

    whatever_happens_in_whatever_order_the_store_does_as_the_rules_say(store) => {
        for seed in 0..6 {
            follow_the_rules(&store, seed).await;
        }
    }

    many_servers_at_once_begin_each_attempt_once(store) => {
        let plans: Vec<NewPlan> = (0..60).map(|n| plan(&format!("{n}"), n, Urgency::Normal, 100_000)).collect();
        store.put_plans(&plans, at(0)).await.unwrap();
        let servers: Vec<_> = (0..4).map(|server| {
            let store = second_server(&store);
            tokio::spawn(async move {
                let mut begun_calls = Vec::new();
                // Each believes that it is later than the one before, so that leases run out under their holders.
                for round in 0..12_i64 {
                    let now = at(round * 16 + server);
                    let limits = LeaseLimits { count_max: 9, ..LIMITS };
                    for lease in store.lease_plans(TRUNK, now, &limits).await? {
                        let attempt = begun(&lease, now);
                        match store.begin_attempt(&lease, now, &attempt).await {
                            Ok(number) => begun_calls.push((lease.plan.id.clone(), number)),
                            Err(StoreError::NotFound) => (),
                            Err(error) => return Err(error),
                        }
                    }
                }
                Ok(begun_calls)
            })
        }).collect();
        let mut attempts = Vec::new();
        for server in servers {
            attempts.extend(server.await.unwrap().unwrap());
        }
        assert_eq!(attempts.len(), 60);
        assert_eq!(attempts.iter().collect::<BTreeSet<_>>().len(), 60);
        assert_eq!(store.count_plans(None).await, Ok(vec![(PlanState::Dialling, 60)]));
    }
}

struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Random steps on the store and on the pure rules: they agree after each.
async fn follow_the_rules(store: &SqlStore, seed: u64) {
    const PLANS: usize = 4;
    let mut rng = Rng(seed);
    let key = |index: usize| format!("seed {seed}, plan {index}");
    let phone = |index: usize| u32::try_from(seed).unwrap() * 100 + u32::try_from(index).unwrap();
    let plans: Vec<NewPlan> =
        (0..PLANS).map(|index| plan(&key(index), phone(index), Urgency::Normal, 1_000_000)).collect();
    store.put_plans(&plans, at(0)).await.unwrap();
    let mut model = vec![PlanProgress::new(at(0)); PLANS];
    let mut held: Vec<(usize, LeasedPlan)> = Vec::new();
    // Time never goes back: the trunk remembers its last turn.
    let mut now = at(i64::try_from(seed).unwrap() * 1_000);
    for _ in 0..120 {
        now += SignedDuration::from_secs(i64::try_from(rng.below(7)).unwrap());
        match rng.below(4) {
            0 => {
                let leases = lease(store, now).await;
                let until = now + SignedDuration::try_from(LEASE).unwrap();
                let is_free = |plan: &PlanProgress| plan.lease(now, until).is_some();
                assert_eq!(leases.len(), model.iter().filter(|plan| is_free(plan)).count(), "seed {seed}");
                for lent in leases {
                    let index = (0..PLANS).find(|index| key(*index) == lent.plan.call.key).unwrap();
                    model[index] = model[index].lease(now, until).unwrap();
                    held.push((index, lent));
                }
            }
            1 if !held.is_empty() => {
                let at = usize::try_from(rng.below(held.len() as u64)).unwrap();
                let (index, lent) = held[at].clone();
                let attempt = begun(&lent, now);
                let begun = store.begin_attempt(&lent, now, &attempt).await;
                let expected = model[index].begin(lent.plan.progress.fence, now, attempt.opened.id);
                assert_eq!(begun.ok(), expected.as_ref().map(|plan| plan.attempts), "seed {seed}");
                model[index] = expected.unwrap_or_else(|| model[index].clone());
            }
            2 if !held.is_empty() => {
                let at = usize::try_from(rng.below(held.len() as u64)).unwrap();
                let (index, lent) = held[at].clone();
                let later = now + SignedDuration::from_secs(3);
                let given = store.give_back(&lent, now, (PlanState::Waiting, later), "quiet_hours").await;
                let expected = model[index].give_back(lent.plan.progress.fence, now, PlanState::Waiting, later);
                assert_eq!(given.is_ok(), expected.is_some(), "seed {seed}");
                model[index] = expected.unwrap_or_else(|| model[index].clone());
            }
            _ => {
                let index = usize::try_from(rng.below(PLANS as u64)).unwrap();
                let (PlanState::Dialling, Some(call)) = (model[index].state, model[index].call) else { continue };
                store.finish_call(&finished(call, now), &[]).await.unwrap();
                let due = now + SignedDuration::from_secs(5);
                settle(store, now, AttemptClass::Busy, PlanState::Waiting, due).await;
                model[index] = model[index].settle(call, PlanState::Waiting, due).unwrap();
            }
        }
        for (index, expected) in model.iter().enumerate() {
            assert_eq!(the_plan(store, &key(index)).await.progress, *expected, "seed {seed}, plan {index}");
        }
    }
    // Out of the way of the next seed.
    for (index, expected) in model.iter().enumerate() {
        if expected.state == PlanState::Dialling {
            store.finish_call(&finished(expected.call.unwrap(), now), &[]).await.unwrap();
            settle(store, now, AttemptClass::Talked, PlanState::Done, now).await;
        } else {
            let id = the_plan(store, &key(index)).await.id;
            store.cancel_plan(&id, now).await.unwrap();
        }
    }
}
