//! Sellers: who sells in this shop besides the merchant, and how an order's money is divided between them.
//!
//! The merchant who runs the shop is the platform. A seller gets the price of what it sold, less the platform's fee; the
//! rest of the order, which is the fees and the platform's own goods, is the platform's.

use super::{BasketLine, Currency, ProviderName};
use std::collections::BTreeMap;

/// How a seller, or one of a seller's ways to be paid, stands with the payment provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SellerStanding {
    /// The provider has said nothing yet.
    Applied,
    Accepted,
    Declined,
}

impl SellerStanding {
    pub const ALL: [SellerStanding; 3] = [SellerStanding::Applied, SellerStanding::Accepted, SellerStanding::Declined];

    pub fn code(self) -> &'static str {
        match self {
            SellerStanding::Applied => "applied",
            SellerStanding::Accepted => "accepted",
            SellerStanding::Declined => "declined",
        }
    }

    pub fn from_code(code: &str) -> Option<SellerStanding> {
        SellerStanding::ALL.into_iter().find(|standing| standing.code() == code)
    }

    /// Whoever is in the catalogue may sell until the provider declines: a seller may have been accepted long before the
    /// shop could hear of it.
    pub fn may_sell(self) -> bool {
        match self {
            SellerStanding::Applied | SellerStanding::Accepted => true,
            SellerStanding::Declined => false,
        }
    }
}

/// Who sells a thing, beside the thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldBy {
    /// The provider's name for the seller, and its place in addresses: `/sellers/{id}`.
    pub seller: String,
    pub name: String,
    /// What the platform keeps of the price, in whole percent: 0 to 100.
    pub fee_percent: i64,
    /// How the seller stands now.
    pub standing: SellerStanding,
}

/// Whether a provider divides payments in this currency among sellers. KOMOJU's platform model is for yen; elsewhere the
/// whole payment is the shop's, which owes the sellers their part.
pub fn divides(provider: ProviderName, currency: Currency) -> bool {
    match provider {
        ProviderName::Komoju => currency == Currency::Jpy,
        ProviderName::Dojo | ProviderName::Bpc | ProviderName::Stablemint => false,
    }
}

/// What of a payment one seller gets, and what the platform keeps of that seller's part, in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub seller: String,
    pub amount_minor: i64,
    pub fee_minor: i64,
}

/// How an order is divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// One for each seller, in the order of their names. Never empty.
    pub shares: Vec<Share>,
    /// The price of what the platform sold itself, in minor units.
    pub own_minor: i64,
}

impl Division {
    /// `None` when no seller has a part in it; also when the total does not fit, but such an order cannot be placed.
    pub fn of(lines: &[BasketLine]) -> Option<Division> {
        // What follows adds up parts of this total.
        lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.total()?.minor))?;
        let mut own_minor = 0;
        let mut goods: BTreeMap<(&str, i64), i64> = BTreeMap::new();
        for line in lines {
            let sum = match &line.sold_by {
                Some(sold_by) => goods.entry((&sold_by.seller, sold_by.fee_percent)).or_default(),
                None => &mut own_minor,
            };
            *sum += line.total()?.minor;
        }
        let mut shares: Vec<Share> = Vec::new();
        for ((seller, percent), goods_minor) in goods {
            let fee_minor = fee(goods_minor, percent);
            let amount_minor = goods_minor - fee_minor;
            match shares.last_mut() {
                Some(share) if share.seller == seller => {
                    share.amount_minor += amount_minor;
                    share.fee_minor += fee_minor;
                }
                _ => shares.push(Share { seller: seller.to_owned(), amount_minor, fee_minor }),
            }
        }
        (!shares.is_empty()).then_some(Division { shares, own_minor })
    }

    /// The shares such that amounts and fees together are the order's total: what the platform sold itself is part of
    /// the first seller's fee. A provider that knows only sellers has no other place for it.
    pub fn with_own_goods(&self) -> Vec<Share> {
        let mut shares = self.shares.clone();
        if let Some(first) = shares.first_mut() {
            first.fee_minor += self.own_minor;
        }
        shares
    }
}

/// Rounded down, once for all that a seller sold in an order: the fraction of a yen stays with the seller, so that the
/// platform never keeps more than was agreed.
fn fee(goods_minor: i64, percent: i64) -> i64 {
    // In two steps, so that no price is too large for it.
    goods_minor / 100 * percent + goods_minor % 100 * percent / 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Delivery, Money};

    fn line(seller: Option<(&str, i64)>, unit_minor: i64, quantity: i64) -> BasketLine {
        let sold_by = seller.map(|(seller, fee_percent)| SoldBy {
            seller: seller.to_owned(),
            name: seller.to_owned(),
            fee_percent,
            standing: SellerStanding::Accepted,
        });
        BasketLine {
            variant: "v".into(),
            slug: "p".into(),
            name: "P".into(),
            label: String::new(),
            drawing: String::new(),
            delivery: Delivery::Post,
            quantity,
            unit_price: Money::new(unit_minor, Currency::Jpy),
            available: 99,
            sold_by,
        }
    }

    fn share(seller: &str, amount_minor: i64, fee_minor: i64) -> Share {
        Share { seller: seller.to_owned(), amount_minor, fee_minor }
    }

    #[test]
    fn each_seller_gets_its_goods_less_the_fee_and_the_platform_the_rest() {
        let lines = [
            line(Some(("kiln", 10)), 1500, 2),
            line(None, 1200, 1),
            line(Some(("ame", 12)), 2400, 1),
            line(Some(("kiln", 10)), 995, 1),
        ];
        let division = Division::of(&lines).unwrap();
        assert_eq!(division.shares, [share("ame", 2112, 288), share("kiln", 3596, 399)]);
        assert_eq!(division.own_minor, 1200);
        assert_eq!(division.with_own_goods(), [share("ame", 2112, 1488), share("kiln", 3596, 399)]);
    }

    #[test]
    fn what_the_platform_sells_alone_is_not_divided() {
        assert_eq!(Division::of(&[line(None, 1200, 3)]), None);
        assert_eq!(Division::of(&[]), None);
    }

    #[test]
    fn the_fraction_of_a_yen_stays_with_the_seller() {
        for (goods, percent, kept) in [(999, 10, 99), (1, 99, 0), (9, 11, 0), (10, 10, 1), (7, 100, 7), (7, 0, 0)] {
            let division = Division::of(&[line(Some(("kiln", percent)), goods, 1)]).unwrap();
            assert_eq!(division.shares, [share("kiln", goods - kept, kept)], "{percent} % of {goods}");
        }
        // Once for the order, not once for each line: two lines of 5 are 10.
        let lines = [line(Some(("kiln", 10)), 5, 1), line(Some(("kiln", 10)), 5, 1)];
        assert_eq!(Division::of(&lines).unwrap().shares, [share("kiln", 9, 1)]);
    }

    #[test]
    fn a_fee_that_changed_between_two_lines_holds_for_its_own_line_only() {
        let lines = [line(Some(("kiln", 10)), 1000, 1), line(Some(("kiln", 20)), 1000, 1)];
        assert_eq!(Division::of(&lines).unwrap().shares, [share("kiln", 1700, 300)]);
    }

    mod properties {
        use super::*;
        use proptest::collection::vec;
        use proptest::option;
        use proptest::prelude::*;
        use proptest::sample::select;

        /// A line of some seller or of the shop itself, now and then as dear as a line can be.
        fn any_line() -> impl Strategy<Value = BasketLine> {
            let seller = option::of((select(vec!["ame", "kiln", "oto", "yuki"]), 0..=100_i64));
            let price = prop_oneof![8 => 1..=30_000_i64, 1 => Just(i64::MAX / 99 / 1_000)];
            (seller, price, 1..=99_i64).prop_map(|(seller, price, quantity)| line(seller, price, quantity))
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(5_000)))]

            #[test]
            fn all_parts_of_any_order_add_up_to_its_total(lines in vec(any_line(), 1..10)) {
                let total: i64 = lines.iter().map(|line| line.total().unwrap().minor).sum();
                let Some(division) = Division::of(&lines) else {
                    prop_assert!(lines.iter().all(|line| line.sold_by.is_none()));
                    return Ok(());
                };
                let parts =
                    |shares: &[Share]| shares.iter().map(|share| share.amount_minor + share.fee_minor).sum::<i64>();
                prop_assert_eq!(parts(&division.shares) + division.own_minor, total);
                prop_assert_eq!(parts(&division.with_own_goods()), total);
                prop_assert!(division.shares.iter().all(|share| share.amount_minor >= 0 && share.fee_minor >= 0));
                prop_assert!(division.shares.is_sorted_by(|one, next| one.seller < next.seller), "one share a seller");
            }
        }
    }

    #[test]
    fn only_what_is_declined_cannot_be_bought_and_every_standing_reads_back() {
        for standing in SellerStanding::ALL {
            assert_eq!(standing.may_sell(), standing != SellerStanding::Declined);
            assert_eq!(SellerStanding::from_code(standing.code()), Some(standing));
        }
    }
}
