//! `platform_details` as it is shown: a list of shares in one edition of the documentation, an object in another.

use crate::simulator::komoju::platform::{Share, Split};
use crate::simulator::komoju::switches::PLATFORM_DETAILS_SHAPE;
use crate::simulator::switches::Switches;
use serde::Serialize;

#[derive(Serialize)]
#[serde(untagged)]
pub enum SplitBody<'a> {
    List(Vec<ShareBody<'a>>),
    Object { processing_merchant_id: Option<&'a str>, submerchants: Vec<ShareBody<'a>> },
}

#[derive(Serialize)]
pub struct ShareBody<'a> {
    submerchant_id: &'a str,
    amount: i64,
    platform_fee: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    intermediary: Option<bool>,
}

/// `None` where nothing is shared: then the field is left out.
pub fn details<'a>(split: Option<&'a Split>, switches: &Switches) -> Option<SplitBody<'a>> {
    let split = split?;
    let shares = |intermediary| {
        let body = |share: &'a Share| ShareBody {
            submerchant_id: &share.seller,
            amount: share.amount,
            platform_fee: share.fee,
            intermediary,
        };
        split.shares.iter().map(body).collect()
    };
    Some(match switches.value(&PLATFORM_DETAILS_SHAPE) {
        "object" => SplitBody::Object {
            processing_merchant_id: split.processing_merchant.as_deref(),
            submerchants: shares(None),
        },
        _ => SplitBody::List(shares(Some(false))),
    })
}
