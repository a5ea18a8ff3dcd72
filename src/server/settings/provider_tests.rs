//! The settings of Dojo, BPC and StableMint: whole, half, and wrong.

use super::providers::{BPC_API_URL, DOJO_API_URL, STABLEMINT_API_URL};
use super::{Capture, Dialect, ProviderSettings, SettingsError, Wishes};
use crate::payments::signature::RsaPrivateKey;
use secrecy::ExposeSecret;

const PRIVATE: &str = include_str!("../../payments/stablemint/samples/merchant.pem");
const PUBLIC: &str = include_str!("../../payments/stablemint/samples/stablemint.pub.pem");
const DOJO: [(&str, &str); 2] = [("DOJO_API_KEY", "sk_sandbox_1"), ("DOJO_WEBHOOK_SECRETS", "new, old")];
const BPC: [(&str, &str); 2] = [("BPC_API_KEY", "key-1"), ("BPC_WEBHOOK_SECRETS", "new,old")];
const STABLEMINT: [(&str, &str); 4] = [
    ("STABLEMINT_API_KEY", "key-1"),
    ("STABLEMINT_API_SECRET", "secret-1"),
    ("STABLEMINT_PRIVATE_KEY", PRIVATE),
    ("STABLEMINT_WEBHOOK_KEYS", PUBLIC),
];

/// Reads `needed` with one more, which comes first and so replaces one of the same name.
fn read(needed: &[(&str, &str)], more: (&str, &str)) -> Result<ProviderSettings, SettingsError> {
    let find = |name: &str| [&[more], needed].concat().into_iter().find(|(key, _)| *key == name);
    let source = |name: &str| find(name).map(|(_, value)| value.to_owned());
    ProviderSettings::read(&source, Wishes::read(&source)?)
}

fn error(needed: &[(&str, &str)], more: (&str, &str)) -> String {
    read(needed, more).err().unwrap().to_string()
}

#[test]
fn what_is_needed_is_enough_and_the_rest_has_the_providers_own_defaults() {
    let all = [&DOJO[..], &BPC, &STABLEMINT].concat();
    let settings = read(&all, ("", "")).unwrap();
    let (dojo, bpc, stablemint) = (settings.dojo.unwrap(), settings.bpc.unwrap(), settings.stablemint.unwrap());
    assert_eq!((dojo.api_url.as_str(), dojo.capture), (&*format!("{DOJO_API_URL}/"), Capture::Auto));
    assert_eq!(dojo.webhook_secrets.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>(), ["new", "old"]);
    assert_eq!((bpc.api_url.as_str(), bpc.webhook_secrets.len()), (BPC_API_URL, 2));
    assert_eq!((stablemint.api_url.as_str(), stablemint.dialect), (&*format!("{STABLEMINT_API_URL}/"), Dialect::V1));
    assert_eq!(bpc.webhook_max_age_ms, 172_800_000, "two days");
    assert_eq!(stablemint.webhook_max_age_ms, 14_400_000, "four hours");
    assert!(settings.komoju.is_none());
}

#[test]
fn without_any_one_of_what_is_needed_the_start_stops_and_names_it() {
    for needed in [&DOJO[..], &BPC, &STABLEMINT] {
        for (missing, _) in needed {
            for blank in ["", " ", " , "] {
                let said = error(needed, (missing, blank));
                assert!(said.starts_with(&format!("{missing} is not set")), "{said}");
            }
        }
        let blank: Vec<_> = needed.iter().map(|(name, _)| (*name, " ")).collect();
        assert!(!read(&blank, ("", "")).unwrap().any(), "all of them blank: it is off");
    }
}

#[test]
fn an_address_alone_is_half_a_provider_and_a_wish_alone_is_none() {
    for name in ["DOJO_API_URL", "BPC_API_URL", "STABLEMINT_API_URL"] {
        assert!(matches!(read(&[], (name, "https://api.example")), Err(SettingsError::Half { .. })), "{name}");
    }
    for (name, wish) in
        [("DOJO_CAPTURE", "manual"), ("STABLEMINT_DIALECT", "v2"), ("BPC_WEBHOOK_MAX_AGE_SECONDS", "60")]
    {
        assert!(!read(&[], (name, wish)).unwrap().any(), "{name}");
        assert!(error(&[], (name, "nonsense")).starts_with(name), "{name}: it is read all the same");
    }
}

#[test]
fn what_can_be_chosen_is_taken_as_it_is_spelt() {
    assert_eq!(read(&DOJO, ("DOJO_CAPTURE", "manual")).unwrap().dojo.unwrap().capture, Capture::Manual);
    assert_eq!(read(&STABLEMINT, ("STABLEMINT_DIALECT", " v2 ")).unwrap().stablemint.unwrap().dialect, Dialect::V2);
    for other in ["V2", "v3", "2"] {
        let said = error(&STABLEMINT, ("STABLEMINT_DIALECT", other));
        assert!(said.contains("STABLEMINT_DIALECT") && said.contains("neither v1 nor v2"), "{said}");
    }
}

#[test]
fn ages_are_whole_seconds_and_addresses_are_of_the_web() {
    let age = |text| read(&BPC, ("BPC_WEBHOOK_MAX_AGE_SECONDS", text)).map(|read| read.bpc.unwrap().webhook_max_age_ms);
    assert_eq!(age("300"), Ok(300_000));
    for other in ["0", "-300", "5m", "300.5", "31622401", "9223372036854775807"] {
        assert!(age(other).is_err(), "{other}");
    }
    let age = read(&STABLEMINT, ("STABLEMINT_WEBHOOK_MAX_AGE_SECONDS", "60")).unwrap();
    assert_eq!(age.stablemint.unwrap().webhook_max_age_ms, 60_000);
    let needed: [(&str, &[_]); 3] =
        [("DOJO_API_URL", &DOJO), ("BPC_API_URL", &BPC), ("STABLEMINT_API_URL", &STABLEMINT)];
    for (name, needed) in needed {
        for other in ["api.example", "ftp://api.example", "/api"] {
            assert!(error(needed, (name, other)).starts_with(name), "{name} {other}");
        }
    }
}

#[test]
fn keys_travel_to_another_machine_only_over_tls() {
    let needed: [(&str, &[_]); 3] =
        [("DOJO_API_URL", &DOJO), ("BPC_API_URL", &BPC), ("STABLEMINT_API_URL", &STABLEMINT)];
    for (name, needed) in needed {
        for here in ["http://127.0.0.1:4000/api", "http://[::1]:4000", "http://localhost:4000", "https://api.example"] {
            assert!(read(needed, (name, here)).is_ok(), "{name} {here}");
        }
        for elsewhere in
            ["http://api.example", "http://10.0.0.2", "http://localhost.example", "http://127.0.0.1.example"]
        {
            let said = error(needed, (name, elsewhere));
            assert!(said.starts_with(name) && said.contains("https"), "{said}");
        }
    }
}

#[test]
fn keys_may_be_on_one_line_and_several_and_a_wrong_one_is_named_and_never_shown() {
    let merchants = RsaPrivateKey::read(PRIVATE).unwrap().public_key();
    let on_one_line = PRIVATE.replace('\n', "\\n");
    let stablemint = read(&STABLEMINT, ("STABLEMINT_PRIVATE_KEY", &on_one_line)).unwrap().stablemint.unwrap();
    assert_eq!(stablemint.private_key.public_key(), merchants);
    let bare: String = PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    let two = format!("{bare},{PUBLIC},");
    let keys = read(&STABLEMINT, ("STABLEMINT_WEBHOOK_KEYS", &two)).unwrap().stablemint.unwrap().webhook_keys;
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));
    // The halves exchanged, and what is no key at all.
    for (name, other_half) in [("STABLEMINT_PRIVATE_KEY", PUBLIC), ("STABLEMINT_WEBHOOK_KEYS", PRIVATE)] {
        for other in [other_half, "QUJD", "not base64"] {
            let said = error(&STABLEMINT, (name, other));
            assert!(said.starts_with(&format!("{name} cannot be used: it is n")), "{said}");
            assert!(other.lines().all(|line| !said.contains(line)), "{said}");
        }
    }
    let one_of_two = format!("{bare},QUJD");
    assert!(error(&STABLEMINT, ("STABLEMINT_WEBHOOK_KEYS", &one_of_two)).contains("STABLEMINT_WEBHOOK_KEYS"));
}
