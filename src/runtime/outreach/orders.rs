//! Orders that are written through outreach, so that whoever writes one need not know of it.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::Outreach;
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::PhoneNumber;
use crate::ports::store::{OrderStore, Page, PutOrder, StoreError};

/// An order store whose writes are decided about.
pub struct HeardOrders(pub Arc<Outreach>);

impl HeardOrders {
    fn orders(&self) -> &dyn OrderStore {
        self.0.parts.orders.as_ref()
    }
}

#[async_trait]
impl OrderStore for HeardOrders {
    async fn put_order(&self, order: &Order, seen_at: Timestamp) -> Result<PutOrder, StoreError> {
        self.0.put_order(order, seen_at).await
    }

    async fn order_by_ref(&self, order_ref: &OrderRef) -> Result<Option<Order>, StoreError> {
        self.orders().order_by_ref(order_ref).await
    }

    async fn orders_by_phone(&self, phone: &PhoneNumber, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.orders().orders_by_phone(phone, count_max).await
    }

    async fn orders_by_reference(&self, spoken: &str, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.orders().orders_by_reference(spoken, count_max).await
    }

    async fn orders_by_postcode(&self, postcode: &str, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.orders().orders_by_postcode(postcode, count_max).await
    }

    async fn list_orders(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Order>, StoreError> {
        self.orders().list_orders(cursor, count_max).await
    }
}
