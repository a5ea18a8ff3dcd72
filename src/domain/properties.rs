//! What is true of money and of states whatever they meet: property tests, beside the examples in each module.

use super::{AttemptState, Currency, Money, OrderState};
use proptest::prelude::*;
use proptest::sample::select;

fn currency() -> impl Strategy<Value = Currency> {
    select(Currency::ALL.to_vec())
}

fn money() -> impl Strategy<Value = Money> {
    (any::<i64>(), currency()).prop_map(|(minor, currency)| Money::new(minor, currency))
}

/// A decimal number in any of JSON's notations, and quite a few that are not.
const DECIMAL: &str = "-{0,2}[0-9]{0,21}(\\.[0-9]{0,21})?([eE][+-]?[0-9]{1,3})?";

/// The same number by the school's method: move the point in the text, and nothing may be lost.
fn by_hand(text: &str, currency: Currency) -> Option<i64> {
    let (number, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let power: i32 = power.parse().ok().filter(|power| (-30..=30).contains(power))?;
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || whole.starts_with('-') || number.len() > 40 {
        return None;
    }
    let point = i32::try_from(whole.len()).unwrap() + power + i32::try_from(currency.exponent()).unwrap();
    let mut digits = format!("{whole}{fraction}");
    if point < 0 {
        digits.insert_str(0, &"0".repeat(point.unsigned_abs() as usize));
    }
    let point = usize::try_from(point).unwrap_or(0);
    while digits.len() < point {
        digits.push('0');
    }
    let (minor, rest) = digits.split_at(point);
    let minor = minor.trim_start_matches('0');
    let minor = if minor.is_empty() { "0" } else { minor };
    rest.bytes().all(|digit| digit == b'0').then(|| format!("{sign}{minor}").parse().ok()).flatten()
}

proptest! {
    #[test]
    fn every_amount_reads_back_from_its_decimal_which_has_the_currencys_digits(money in money()) {
        let text = money.to_decimal();
        prop_assert_eq!(Money::from_decimal(&text, money.currency), Some(money));
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        prop_assert_eq!(decimals, money.currency.exponent() as usize);
        prop_assert_eq!(text.replace('.', "").parse::<i64>().ok(), Some(money.minor), "the digits are the minor units");
    }

    #[test]
    fn every_decimal_is_read_as_the_school_reads_it_or_not_at_all(text in DECIMAL, currency in currency()) {
        let read = Money::from_decimal(&text, currency);
        prop_assert_eq!(read.map(|money| money.minor), by_hand(&text, currency), "{}", text);
    }

    #[test]
    fn an_amount_is_the_same_in_every_notation_of_json(
        money in money(), noughts in 0..8_usize, moved in 0..10_usize, capital in any::<bool>()
    ) {
        let (digits, e) = (money.currency.exponent() as usize, if capital { "E" } else { "e" });
        let plain = money.to_decimal();
        let longer = if digits == 0 { plain.clone() } else { format!("{plain}{}", "0".repeat(noughts)) };
        let shifted = format!("{}{}{e}-{}", money.minor, "0".repeat(moved), moved + digits);
        for text in [plain, longer, shifted] {
            prop_assert_eq!(Money::from_decimal(&text, money.currency), Some(money), "{}", text);
        }
    }

    #[test]
    fn no_text_at_all_is_more_than_refused(text in ".{0,60}", currency in currency()) {
        if let Some(money) = Money::from_decimal(&text, currency) {
            prop_assert_eq!(Money::from_decimal(&money.to_decimal(), currency), Some(money));
        }
    }

    #[test]
    fn sums_and_products_are_exact_or_refused(one in money(), other in money(), quantity in -1_000..1_000_i64) {
        let same = one.currency == other.currency;
        let sum = i64::try_from(i128::from(one.minor) + i128::from(other.minor)).ok().filter(|_| same);
        prop_assert_eq!(one.plus(other).map(|money| money.minor), sum);
        prop_assert_eq!(one.plus(other), other.plus(one));
        let product = i64::try_from(i128::from(one.minor) * i128::from(quantity)).ok();
        prop_assert_eq!(one.times(quantity).map(|money| money.minor), product);
    }

    #[test]
    fn what_the_shopper_reads_is_the_decimal_with_its_sign_symbol_and_commas(money in money()) {
        let read: String = money.to_string().chars().filter(|c| !",¥£€".contains(*c)).collect();
        prop_assert_eq!(read.replace('−', "-"), money.to_decimal());
    }
}

/// What can be asked of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Pay,
    Fulfil,
    Cancel,
    Expire,
    Refund { in_full: bool },
    Review,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Step::{Cancel, Expire, Fulfil, Pay, Refund, Review};
    let all = vec![Pay, Fulfil, Cancel, Expire, Refund { in_full: true }, Refund { in_full: false }, Review];
    proptest::collection::vec(select(all), 0..30)
}

proptest! {
    #[test]
    fn whatever_is_asked_of_an_order_money_and_goods_move_once_and_in_this_order(steps in steps()) {
        use OrderState::{AwaitingPayment, Cancelled, Expired, Fulfilled, NeedsReview, Paid, PartlyRefunded, Refunded};
        let (mut state, mut paid, mut fulfilled) = (AwaitingPayment, 0, 0);
        for step in steps {
            let next = match step {
                Step::Pay => state.pay(),
                Step::Fulfil => state.fulfil(),
                Step::Cancel => state.cancel(),
                Step::Expire => state.expire(),
                Step::Refund { in_full } => state.refund(in_full),
                Step::Review => Ok(state.review()),
            };
            let next = match next {
                Ok(next) => next,
                Err(refused) => {
                    prop_assert_eq!(refused.from, state);
                    continue;
                }
            };
            paid += i32::from(step == Step::Pay);
            fulfilled += i32::from(step == Step::Fulfil);
            prop_assert!(paid <= 1 && fulfilled <= paid, "paid {} times, fulfilled {} times", paid, fulfilled);
            let money_is_here = paid == 1 || state == NeedsReview;
            prop_assert!(!matches!(next, AwaitingPayment), "nothing goes back to the beginning");
            prop_assert!(!matches!(next, Cancelled | Expired) || !money_is_here, "{state:?} became {next:?}");
            prop_assert!(!matches!(next, PartlyRefunded | Refunded) || money_is_here, "{state:?} became {next:?}");
            prop_assert!(state != Refunded || next == NeedsReview, "only a surprise follows the last refund");
            prop_assert!(state != NeedsReview || matches!(next, NeedsReview | Refunded), "a person decides");
            prop_assert!(next != Fulfilled || state == Paid);
            state = next;
        }
    }

    #[test]
    fn whatever_is_told_of_an_attempt_money_wins_and_nothing_ended_comes_back(
        news in proptest::collection::vec(select(AttemptState::ALL.to_vec()), 0..30)
    ) {
        use AttemptState::{Open, Opening, Paid};
        let mut state = Open;
        for told in &news {
            let Some(next) = state.on(*told) else { continue };
            prop_assert_eq!(next, *told, "it becomes what was told");
            prop_assert!(state != Paid && !matches!(next, Open | Opening));
            prop_assert!(next == Paid || state.is_live(), "{state:?} became {next:?}");
            prop_assert!(matches!(next.on(*told), None | Some(_)) && next.on(*told).is_none_or(|again| again == next));
            state = next;
        }
        prop_assert_eq!(state == Paid, news.contains(&Paid), "in whatever order they come");
    }
}
