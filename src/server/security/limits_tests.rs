use super::*;
use axum::extract::ConnectInfo;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const THREE: Quota = Quota { at_once: 3, every_ms: 1_000 };

fn caller(number: u32) -> Caller {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::from_bits(number)), 1);
    let mut parts = Request::new(()).into_parts().0;
    parts.extensions.insert(ConnectInfo(address));
    Caller::of(&Settings::read(&|_| None).unwrap(), &parts)
}

#[test]
fn so_many_at_once_and_then_one_for_each_while_that_passes() {
    let limiter = Limiter::new(THREE);
    for _ in 0..3 {
        assert_eq!(limiter.take(caller(1), 10_000), Ok(()));
    }
    assert_eq!(limiter.take(caller(1), 10_000), Err(Wait(1_000)));
    assert_eq!(limiter.take(caller(1), 10_999), Err(Wait(1)));
    assert_eq!(limiter.take(caller(1), 11_000), Ok(()), "who waited as long as they were told");
    assert_eq!(limiter.take(caller(1), 11_000), Err(Wait(1_000)), "being refused costs nothing and gains nothing");
    for _ in 0..3 {
        assert_eq!(limiter.take(caller(1), 60_000), Ok(()), "all is forgotten after a while");
    }
}

#[test]
fn one_callers_limit_is_not_anothers() {
    let limiter = Limiter::new(THREE);
    for _ in 0..3 {
        limiter.take(caller(1), 0).unwrap();
    }
    assert!(limiter.take(caller(1), 0).is_err());
    assert_eq!(limiter.take(caller(2), 0), Ok(()));
}

#[test]
fn looking_whether_one_may_does_not_count() {
    let limiter = Limiter::new(Quota { at_once: 1, every_ms: 1_000 });
    for _ in 0..5 {
        assert_eq!(limiter.peek(caller(1), 0), Ok(()));
    }
    limiter.take(caller(1), 0).unwrap();
    assert_eq!(limiter.peek(caller(1), 0), Err(Wait(1_000)));
}

#[test]
fn a_clock_that_was_turned_back_locks_nobody_out() {
    let limiter = Limiter::new(THREE);
    for _ in 0..3 {
        limiter.take(caller(1), 1_000_000_000).unwrap();
    }
    assert_eq!(limiter.take(caller(1), 5_000), Ok(()));
}

#[test]
fn callers_are_forgotten_before_they_fill_the_memory() {
    let limiter = Limiter::new(THREE);
    let many = u32::try_from(MOST_CALLERS).unwrap() * 2 + 10;
    for number in 0..many {
        assert_eq!(limiter.take(caller(number), 0), Ok(()));
        assert!(limiter.clear_at.lock().unwrap().len() <= MOST_CALLERS);
    }
}

#[test]
fn waiting_is_told_in_whole_seconds_and_never_too_few() {
    assert_eq!([1, 1_000, 1_001].map(|ms| Wait(ms).seconds()), [1, 1, 2]);
}

#[test]
fn what_was_not_told_is_told_in_one_sum_later() {
    let limits = Limits::of(&Settings::read(&|_| None).unwrap());
    for _ in 0..FORGERIES.at_once {
        assert_eq!(limits.tell(ProviderName::Komoju, caller(1), 0), Some(0));
    }
    for _ in 0..500 {
        assert_eq!(limits.tell(ProviderName::Komoju, caller(1), 0), None);
    }
    assert_eq!(limits.tell(ProviderName::Dojo, caller(2), 0), Some(0), "another provider's");
    assert_eq!(limits.tell(ProviderName::Komoju, caller(2), 0), Some(500), "with the next one that is told");
    assert_eq!(limits.tell(ProviderName::Komoju, caller(2), 0), Some(0));
}
