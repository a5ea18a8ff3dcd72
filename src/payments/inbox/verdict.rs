//! What a notice means for an attempt, given what a look-up saw. A pure function, so that every case can be tried.

use crate::domain::{Attempt, AttemptState, Money};
use crate::payments::{Charge, Stage, Standing};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both agree, and it is news.
    Apply,
    /// Nothing is to be done, and why.
    Nothing(&'static str),
    /// The provider's two answers differ in a way that time may mend.
    Later(&'static str),
    /// It does not add up: a person decides.
    Review(String),
}

/// Compares what the webhook told with what the look-up saw and with what was asked.
pub fn judge(attempt: &Attempt, told: &Standing, seen: &Standing) -> Verdict {
    if let (AttemptState::Paid, Stage::Paid, Some(known), Some(named)) =
        (attempt.state, told.stage, &attempt.payment, &told.payment)
        && known != named
    {
        return Verdict::Review("A second payment arrived for what was paid already. Refund one of them.".to_owned());
    }
    if attempt.state.on(AttemptState::from(told.stage)).is_none() {
        return amounts(attempt, told, seen).unwrap_or(Verdict::Nothing("it changes nothing"));
    }
    match (told.stage, seen.stage) {
        (Stage::Pending, _) => Verdict::Nothing("it changes nothing"),
        (Stage::Paid, Stage::Paid) if seen.refunded => {
            Verdict::Review("The payment has already been given back in full.".to_owned())
        }
        (Stage::Paid, Stage::Paid) | (Stage::Authorised, Stage::Authorised | Stage::Paid) => {
            amounts(attempt, told, seen).unwrap_or(Verdict::Apply)
        }
        (Stage::Paid | Stage::Authorised, Stage::Pending | Stage::Declined) | (Stage::Paid, Stage::Authorised) => {
            Verdict::Later("the look-up does not show the payment yet")
        }
        (Stage::Paid, Stage::Cancelled | Stage::Expired) => {
            Verdict::Review("The webhook says paid, and the look-up says it is over.".to_owned())
        }
        (Stage::Authorised, Stage::Cancelled | Stage::Expired) => Verdict::Nothing("the provider says it is over"),
        (Stage::Declined | Stage::Cancelled | Stage::Expired, Stage::Paid | Stage::Authorised) => {
            Verdict::Nothing("overtaken: a later try on the same page succeeded")
        }
        (Stage::Declined, Stage::Pending | Stage::Declined | Stage::Cancelled | Stage::Expired) => Verdict::Apply,
        (Stage::Cancelled | Stage::Expired, Stage::Declined | Stage::Cancelled | Stage::Expired) => Verdict::Apply,
        (Stage::Cancelled | Stage::Expired, Stage::Pending) => {
            Verdict::Nothing("the session is still open: another try may follow")
        }
    }
}

/// `None` when the amounts add up. Shops that did not compare have sent a $237 order for five cents
/// (nopSolutions/nopCommerce#1089).
fn amounts(attempt: &Attempt, told: &Standing, seen: &Standing) -> Option<Verdict> {
    if !matches!(told.stage, Stage::Paid | Stage::Authorised) || !matches!(seen.stage, Stage::Paid | Stage::Authorised)
    {
        return None;
    }
    if let Some(reference) = seen.reference.as_ref().or(told.reference.as_ref())
        && *reference != attempt.id
    {
        return Some(Verdict::Review("The payment was made for another reference than this attempt's.".to_owned()));
    }
    // A webhook that names no payment or no amount leaves it to the look-up to say so: Dojo's never do.
    if told.payment.is_some() && seen.payment.is_some() && told.payment != seen.payment {
        return Some(Verdict::Review("The webhook and the look-up name different payments.".to_owned()));
    }
    if told.charged.is_some() && told.charged != seen.charged {
        let (told, seen) = (charge(told.charged.as_ref()), charge(seen.charged.as_ref()));
        return Some(Verdict::Review(format!("The webhook says {told}, and the look-up says {seen}.")));
    }
    if seen.covers != Some(attempt.amount) {
        let covers =
            seen.covers.map_or_else(|| charge(seen.charged.as_ref()), |money: Money| charge(Some(&money.into())));
        let asked = charge(Some(&attempt.amount.into()));
        return Some(Verdict::Review(format!("The payment covers {covers}, and {asked} was asked.")));
    }
    None
}

/// In minor units, as the wire has it: a person who compares with the provider's dashboard must see what came.
fn charge(charge: Option<&Charge>) -> String {
    charge
        .map_or_else(|| "no amount".to_owned(), |charge| format!("{} {} (minor units)", charge.minor, charge.currency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, ProviderName};

    fn attempt(state: AttemptState) -> Attempt {
        Attempt {
            id: "a".into(),
            order: "o".into(),
            provider: ProviderName::Komoju,
            method: "credit_card".into(),
            state,
            amount: Money::new(1200, Currency::Jpy),
            contact: Default::default(),
            language: "en".into(),
            session: Some("s".into()),
            page_url: None,
            payment: None,
            instructions: None,
            came_back: false,
            opened_at: 0,
            expires_at: 0,
        }
    }

    fn standing(stage: Stage, minor: i64, currency: Currency) -> Standing {
        let money = Money::new(minor, currency);
        Standing {
            stage,
            payment: Some("p".into()),
            covers: Some(money),
            charged: Some(money.into()),
            reference: Some("a".into()),
            ..Standing::only(stage)
        }
    }

    fn yen(stage: Stage) -> Standing {
        standing(stage, 1200, Currency::Jpy)
    }

    const STAGES: [Stage; 6] =
        [Stage::Pending, Stage::Authorised, Stage::Paid, Stage::Declined, Stage::Cancelled, Stage::Expired];

    #[test]
    fn paid_is_applied_only_when_webhook_look_up_and_attempt_agree() {
        for state in AttemptState::ALL {
            for seen in STAGES {
                let verdict = judge(&attempt(state), &yen(Stage::Paid), &yen(seen));
                let agreed = seen == Stage::Paid && state != AttemptState::Paid;
                assert_eq!(verdict == Verdict::Apply, agreed, "{state:?} {seen:?} {verdict:?}");
            }
        }
    }

    #[test]
    fn a_wrong_amount_or_currency_on_either_side_goes_to_a_person() {
        let open = attempt(AttemptState::Open);
        for wrong in [standing(Stage::Paid, 12, Currency::Jpy), standing(Stage::Paid, 1200, Currency::Eur)] {
            assert!(matches!(judge(&open, &wrong, &yen(Stage::Paid)), Verdict::Review(_)));
            assert!(matches!(judge(&open, &yen(Stage::Paid), &wrong), Verdict::Review(_)));
            assert!(matches!(judge(&open, &wrong, &wrong), Verdict::Review(_)), "both agree on the wrong amount");
        }
        let none = Standing { covers: None, charged: None, ..yen(Stage::Paid) };
        assert!(matches!(judge(&open, &none, &none), Verdict::Review(_)));
    }

    #[test]
    fn what_was_given_back_before_its_webhook_came_is_not_fulfilled() {
        let seen = Standing { refunded: true, ..yen(Stage::Paid) };
        assert!(matches!(judge(&attempt(AttemptState::Open), &yen(Stage::Paid), &seen), Verdict::Review(_)));
        assert!(matches!(judge(&attempt(AttemptState::Paid), &yen(Stage::Paid), &seen), Verdict::Nothing(_)));
    }

    #[test]
    fn a_conversion_that_the_session_announced_covers_the_price() {
        let asked = Attempt { amount: Money::new(650, Currency::Gbp), ..attempt(AttemptState::Open) };
        let told = yen(Stage::Paid);
        let seen = Standing { covers: Some(Money::new(650, Currency::Gbp)), ..told.clone() };
        assert_eq!(judge(&asked, &told, &seen), Verdict::Apply);
    }

    #[test]
    fn a_wrong_amount_is_noticed_even_after_the_attempt_was_paid() {
        let paid = attempt(AttemptState::Paid);
        assert_eq!(judge(&paid, &yen(Stage::Paid), &yen(Stage::Paid)), Verdict::Nothing("it changes nothing"));
        let wrong = standing(Stage::Paid, 1, Currency::Jpy);
        assert!(matches!(judge(&paid, &wrong, &yen(Stage::Paid)), Verdict::Review(_)));
    }

    #[test]
    fn the_end_of_an_old_try_does_not_end_a_page_that_is_open_or_paid() {
        for told in [Stage::Declined, Stage::Cancelled, Stage::Expired] {
            for seen in [Stage::Paid, Stage::Authorised] {
                let verdict = judge(&attempt(AttemptState::Open), &yen(told), &yen(seen));
                assert!(matches!(verdict, Verdict::Nothing(_)), "{told:?} {seen:?}");
            }
        }
        let verdict = judge(&attempt(AttemptState::Declined), &yen(Stage::Expired), &yen(Stage::Pending));
        assert!(matches!(verdict, Verdict::Nothing(_)));
    }
}
