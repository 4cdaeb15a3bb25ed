//! The vendors, each by its documentation. They share nothing with the connectors, so that a mistake cannot agree with
//! itself.

mod freshdesk;
mod gorgias;
mod hubspot;
mod intercom;
mod salesforce;
mod webhook;
mod zendesk;

use doorstep::adapters::crm::ConnectorSettings;

use super::server::Vendor;

pub(super) const TOKEN: &str = "not-a-real-token";
pub(super) const EMAIL: &str = "agent@shop.example";

/// A kind of connector, with its vendor and the settings for it.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) vendor: fn(&str) -> Box<dyn Vendor>,
    pub(super) configure: fn(&mut ConnectorSettings),
    /// The records of one outcome beside the contact: without a ticket, and with.
    pub(super) records: [&'static [&'static str]; 2],
    /// Whether its contacts are records of their own.
    pub(super) has_contacts: bool,
}

pub(super) const KINDS: &[Kind] =
    &[webhook::KIND, hubspot::KIND, zendesk::KIND, freshdesk::KIND, salesforce::KIND, gorgias::KIND, intercom::KIND];
