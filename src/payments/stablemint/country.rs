//! The two letters of the country that a shopper typed: StableMint wants them (ISO 3166-1 alpha-2).

/// Where the European market's shoppers are when nobody asked them, because nothing is sent by post.
const HOME: &str = "BE";

const NAMES: [(&str, &str); 33] = [
    ("austria", "AT"),
    ("belgium", "BE"),
    ("bulgaria", "BG"),
    ("croatia", "HR"),
    ("cyprus", "CY"),
    ("czechia", "CZ"),
    ("denmark", "DK"),
    ("estonia", "EE"),
    ("finland", "FI"),
    ("france", "FR"),
    ("germany", "DE"),
    ("greece", "GR"),
    ("hungary", "HU"),
    ("iceland", "IS"),
    ("ireland", "IE"),
    ("italy", "IT"),
    ("latvia", "LV"),
    ("liechtenstein", "LI"),
    ("lithuania", "LT"),
    ("luxembourg", "LU"),
    ("malta", "MT"),
    ("netherlands", "NL"),
    ("the netherlands", "NL"),
    ("norway", "NO"),
    ("poland", "PL"),
    ("portugal", "PT"),
    ("romania", "RO"),
    ("slovakia", "SK"),
    ("slovenia", "SI"),
    ("spain", "ES"),
    ("sweden", "SE"),
    ("switzerland", "CH"),
    ("united kingdom", "GB"),
];

/// The code of a country by its English name or its code.
pub fn code(typed: &str) -> &'static str {
    let typed = typed.trim().to_lowercase();
    let known = NAMES.iter().find(|(name, code)| *name == typed || code.eq_ignore_ascii_case(&typed));
    known.map_or(HOME, |(_, code)| code)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_country_is_known_by_its_name_and_its_code_and_is_never_missing() {
        for (typed, code) in [("Germany", "DE"), (" nl ", "NL"), ("", "BE"), ("Atlantis", "BE")] {
            assert_eq!(super::code(typed), code, "{typed:?}");
        }
    }
}
