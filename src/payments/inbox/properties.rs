//! What the verdict never is, whatever webhook and look-up say.

use super::{Verdict, judge};
use crate::domain::{Attempt, AttemptState, Currency, Money, ProviderName};
use crate::payments::{Charge, Stage, Standing, testing};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const ASKED: Money = Money::new(1200, Currency::Jpy);

fn money() -> impl Strategy<Value = Money> {
    prop_oneof![4 => Just(ASKED), 1 => Just(Money::new(12, Currency::Jpy)), 1 => Just(Money::new(1200, Currency::Eur)),
                1 => any::<i64>().prop_map(|minor| Money::new(minor, Currency::Jpy))]
}

fn standing() -> impl Strategy<Value = Standing> {
    use Stage::{Authorised, Cancelled, Declined, Expired, Paid, Pending};
    let stage = select(vec![Pending, Authorised, Paid, Declined, Cancelled, Expired]);
    let name = || option::of(prop_oneof![3 => Just("p".to_owned()), 1 => Just("another".to_owned())]);
    let reference = option::of(prop_oneof![3 => Just("attempt00000001".to_owned()), 1 => Just("another".to_owned())]);
    (stage, name(), option::of(money()), option::of(money()), reference, any::<bool>()).prop_map(
        |(stage, payment, covers, charged, reference, refunded)| Standing {
            payment,
            covers,
            charged: charged.map(Charge::from),
            reference,
            refunded,
            ..Standing::only(stage)
        },
    )
}

fn attempt() -> impl Strategy<Value = Attempt> {
    (select(AttemptState::ALL.to_vec()), option::of(Just("p".to_owned()))).prop_map(|(state, payment)| Attempt {
        state,
        payment,
        ..testing::attempt(ProviderName::Komoju, ASKED)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2_000)))]

    #[test]
    fn money_is_applied_only_when_both_say_so_and_it_is_what_was_asked(
        attempt in attempt(), told in standing(), seen in standing()
    ) {
        let verdict = judge(&attempt, &told, &seen);
        if verdict != Verdict::Apply {
            return Ok(());
        }
        prop_assert_eq!(attempt.state.on(told.stage.into()), Some(told.stage.into()), "it is a step that can be taken");
        match told.stage {
            Stage::Paid => prop_assert!(seen.stage == Stage::Paid && !seen.refunded),
            Stage::Authorised => prop_assert!(matches!(seen.stage, Stage::Authorised | Stage::Paid)),
            Stage::Pending => prop_assert!(false, "there is nothing to apply"),
            Stage::Declined | Stage::Cancelled | Stage::Expired => {
                prop_assert!(!matches!(seen.stage, Stage::Paid | Stage::Authorised));
                return Ok(());
            }
        }
        prop_assert_eq!(seen.covers, Some(ASKED));
        prop_assert!(told.charged.is_none() || told.charged == seen.charged);
        prop_assert!(seen.reference.or(told.reference).is_none_or(|reference| reference == attempt.id));
    }

    #[test]
    fn money_that_both_see_is_never_passed_over_in_silence(
        attempt in attempt(), told in standing(), seen in standing()
    ) {
        let both = told.stage == Stage::Paid && seen.stage == Stage::Paid;
        if both && attempt.state != AttemptState::Paid {
            prop_assert!(matches!(judge(&attempt, &told, &seen), Verdict::Apply | Verdict::Review(_)));
        }
    }
}
