//! What the platform and its sellers are paid out. The fields are KOMOJU's; the sums are simple ones of the
//! simulator's own, without fees, taxes and banks.

use super::{Share, Split};
use crate::domain::Timestamp;
use crate::simulator::komoju::api::Answer;
use crate::simulator::komoju::error::Refusal;
use crate::simulator::komoju::model::Payment;
use crate::simulator::komoju::webhook::{self, Subject};
use crate::simulator::komoju::{MERCHANT, MOST};
use crate::simulator::state::{World, keep_newest};
use crate::simulator::{ids, times};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settlement {
    pub id: String,
    /// `None`: the platform's.
    pub seller: Option<String>,
    pub merchant_name: String,
    /// What was taken for this merchant since its last settlement, less what was given back.
    pub amount: i64,
    pub created_at: Timestamp,
}

#[derive(Serialize)]
pub struct SettlementBody {
    id: String,
    resource: &'static str,
    reference: String,
    status: &'static str,
    merchant_name: String,
    company_name: String,
    cycle: &'static str,
    transaction_amount_cents: i64,
    currency: &'static str,
    fee_amount_cents: i64,
    fee_tax_amount_cents: i64,
    settlement_amount_cents: i64,
    bank_transfer_fee_amount_cents: i64,
    remittance_amount_cents: i64,
    cutoff_time: String,
    created_at: String,
    download: Option<()>,
}

pub fn body(settlement: &Settlement) -> SettlementBody {
    SettlementBody {
        id: settlement.id.clone(),
        resource: "settlement",
        reference: settlement.id[..8].to_uppercase(),
        status: "pending",
        merchant_name: settlement.merchant_name.clone(),
        company_name: settlement.merchant_name.clone(),
        cycle: "manual",
        transaction_amount_cents: settlement.amount,
        currency: "JPY",
        fee_amount_cents: 0,
        fee_tax_amount_cents: 0,
        settlement_amount_cents: settlement.amount,
        bank_transfer_fee_amount_cents: 0,
        remittance_amount_cents: settlement.amount,
        cutoff_time: times::utc(settlement.created_at),
        created_at: times::utc(settlement.created_at),
        download: None,
    }
}

/// Settles with the platform or one of its sellers, and says so; `None` when there is no such seller.
pub fn create(world: &mut World<'_>, seller: Option<&str>) -> Option<SettlementBody> {
    let komoju = &world.state.komoju;
    let merchant_name = match seller {
        Some(seller) => komoju.sellers.find(seller)?.name.clone(),
        None => MERCHANT.to_owned(),
    };
    let of_merchant = komoju.settlements.iter().filter(|one| one.seller.as_deref() == seller);
    let settled: i64 = of_merchant.map(|one| one.amount).fold(0, i64::saturating_add);
    let all = komoju.payments.iter().map(|payment| part_of(payment, seller)).fold(0, i64::saturating_add);
    let settlement = Settlement {
        id: ids::id(),
        seller: seller.map(str::to_owned),
        merchant_name,
        amount: all.saturating_sub(settled),
        created_at: world.now,
    };
    let kind = if seller.is_some() { "submerchant.settlement.created" } else { "settlement.created" };
    webhook::publish(world, &Subject::Settlement(body(&settlement)), kind, seller);
    let answer = body(&settlement);
    world.state.komoju.settlements.push(settlement);
    keep_newest(&mut world.state.komoju.settlements, MOST);
    Some(answer)
}

/// What a payment brings to the platform (`None`) or a seller: its share less the platform's fee. A refund is at the
/// cost of those whom it names, or of the platform. Payments in another currency than yen are left out.
fn part_of(payment: &Payment, seller: Option<&str>) -> i64 {
    if payment.captured_at.is_none() || payment.currency != "JPY" {
        return 0;
    }
    let taken = payment.captured_amount.unwrap_or(payment.amount);
    let back = payment.refunds.iter().map(|refund| of_split(refund.platform.as_ref(), refund.amount, seller));
    of_split(payment.platform.as_ref(), taken, seller).saturating_sub(back.fold(0, i64::saturating_add))
}

fn of_split(split: Option<&Split>, total: i64, seller: Option<&str>) -> i64 {
    let fees_on_top = split.is_some_and(|split| split.fees_on_top);
    let shares = split.map_or(&[][..], |split| &split.shares);
    let of_seller = |share: &Share| if fees_on_top { share.amount } else { share.amount.saturating_sub(share.fee) };
    match seller {
        Some(seller) => shares.iter().filter(|share| share.seller == seller).map(of_seller).sum(),
        None => total.saturating_sub(shares.iter().map(of_seller).sum()),
    }
}

/// `GET /settlements/{id}`: the platform's own ones.
pub fn show(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    let own = |one: &&Settlement| one.id == id && one.seller.is_none();
    let settlement = world.state.komoju.settlements.iter().find(own).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(&body(settlement)))
}
