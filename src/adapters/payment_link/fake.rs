//! Makes links that lead nowhere, to show and to test what becomes of one.

use std::sync::Arc;

use async_trait::async_trait;

use super::PaymentLinkSettings;
use crate::ports::payment_link::{PaymentLink, PaymentLinkError, PaymentLinks, WantedLink};

struct FakeLinks;

pub(super) fn make(_: &PaymentLinkSettings) -> Result<Arc<dyn PaymentLinks>, String> {
    Ok(Arc::new(FakeLinks))
}

#[async_trait]
impl PaymentLinks for FakeLinks {
    async fn make(&self, wanted: &WantedLink) -> Result<PaymentLink, PaymentLinkError> {
        let url = format!("https://pay.example/{}", wanted.key);
        Ok(PaymentLink { id: wanted.key.clone(), url: url.into() })
    }
}
