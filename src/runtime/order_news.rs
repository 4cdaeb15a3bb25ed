//! News of orders and parcels, for whoever decides whether the customer is to hear of them.

use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::domain::orders::incoming::OrderChange;

/// News that wait for a slow listener. Beyond it the oldest are lost to that listener, who is told how many.
const NEWS_KEPT: usize = 1_024;

/// Something about an order has become different. The change is in the store by then.
#[derive(Clone, Debug, PartialEq)]
pub struct ShipmentChanged {
    /// Which order, which parcel, what has changed and when that happened.
    pub change: OrderChange,
    /// The configured name of the source that told it.
    pub source: String,
    /// The source's id of the message: the same for everything it changed.
    pub event_id: String,
    pub seen_at: Timestamp,
}

/// Where news are published and heard. Cheap to clone; without listeners nothing is kept.
#[derive(Clone, Debug)]
pub struct OrderNews {
    sender: broadcast::Sender<ShipmentChanged>,
}

/// Hears every news that is published from now on.
pub type NewsListener = broadcast::Receiver<ShipmentChanged>;

impl Default for OrderNews {
    fn default() -> Self {
        Self { sender: broadcast::channel(NEWS_KEPT).0 }
    }
}

impl OrderNews {
    /// Never blocks.
    pub fn publish(&self, news: ShipmentChanged) {
        // Without a listener there is nobody to miss it.
        let _ = self.sender.send(news);
    }

    /// A listener that falls behind gets [`broadcast::error::RecvError::Lagged`], and then what is still there: it
    /// reads the orders again.
    pub fn listen(&self) -> NewsListener {
        self.sender.subscribe()
    }
}
