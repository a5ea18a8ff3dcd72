//! The hosted pages' words in Japanese and English.

use crate::simulator::komoju::methods::Method;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Ja,
    En,
}

impl Language {
    /// What the page speaks: the reader's choice, else the session's locale. Korean sessions are shown in English.
    pub fn choose(asked: Option<&str>, session: &str) -> Language {
        match asked {
            Some("ja") => Language::Ja,
            Some("en") => Language::En,
            Some(_) | None => {
                if session == "ja" {
                    Language::Ja
                } else {
                    Language::En
                }
            }
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Language::Ja => "ja",
            Language::En => "en",
        }
    }

    pub fn words(self) -> &'static Words {
        match self {
            Language::Ja => &JA,
            Language::En => &EN,
        }
    }

    pub fn method(self, method: Method) -> &'static str {
        match self {
            Language::Ja => method.name_ja(),
            Language::En => method.name_en(),
        }
    }
}

/// `{}` stands for an amount, a store or a time.
pub struct Words {
    pub banner: &'static str,
    pub choose: &'static str,
    pub other_method: &'static str,
    pub order: &'static str,
    pub price: &'static str,
    pub fee: &'static str,
    pub total: &'static str,
    pub converted: &'static str,
    pub go_back: &'static str,
    pub card_number: &'static str,
    pub card_name: &'static str,
    pub expiry: &'static str,
    pub cvc: &'static str,
    pub pay: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub store: &'static str,
    pub fee_note: &'static str,
    pub issue_slip: &'static str,
    pub get_account: &'static str,
    pub to_wallet: &'static str,
    pub test_cards: &'static str,
    pub challenge: &'static str,
    pub challenge_note: &'static str,
    pub password: &'static str,
    pub submit_password: &'static str,
    pub slip_heading: &'static str,
    pub transfer_heading: &'static str,
    pub slip_note: &'static str,
    pub confirmation: &'static str,
    pub receipt: &'static str,
    pub bank: &'static str,
    pub branch: &'static str,
    pub account: &'static str,
    pub holder: &'static str,
    pub deadline: &'static str,
    pub paid: &'static str,
    pub paid_note: &'static str,
    pub slip_over: &'static str,
    pub slip_over_note: &'static str,
    pub cancelled: &'static str,
    pub cancelled_note: &'static str,
    pub expired: &'static str,
    pub expired_note: &'static str,
    pub unknown: &'static str,
    pub unknown_note: &'static str,
    pub try_again: &'static str,
    pub check_number: &'static str,
    pub check_name: &'static str,
    pub check_expiry: &'static str,
    pub check_cvc: &'static str,
    pub check_email: &'static str,
    pub check_store: &'static str,
    pub wallet_failed: &'static str,
    pub wallet_left: &'static str,
}

static EN: Words = Words {
    banner: "Simulator: no real money",
    choose: "How would you like to pay?",
    other_method: "Choose another method",
    order: "Your order",
    price: "Price",
    fee: "Fee",
    total: "Total",
    converted: "This method is paid in yen: {}.",
    go_back: "Return to merchant",
    card_number: "Card number",
    card_name: "Name on card",
    expiry: "Expiry (MM/YY)",
    cvc: "CVC",
    pay: "Pay {}",
    name: "Name",
    email: "Email",
    store: "Store",
    fee_note: "A fee of {} is added for this method.",
    issue_slip: "Issue slip",
    get_account: "Get account details",
    to_wallet: "Continue to the wallet",
    test_cards: "Test cards",
    challenge: "Is it you?",
    challenge_note: "The bank that issued the card asks for a password. In this simulator it is printed in the list of test cards.",
    password: "Password",
    submit_password: "Submit password",
    slip_heading: "How to pay at {}",
    transfer_heading: "How to pay by bank transfer",
    slip_note: "Nothing has been paid yet. Give these numbers at the store and pay in cash before the deadline.",
    confirmation: "Confirmation code",
    receipt: "Receipt number",
    bank: "Bank",
    branch: "Branch",
    account: "Account",
    holder: "Account holder",
    deadline: "Pay before",
    paid: "Paid",
    paid_note: "This payment is complete. There is nothing more to do here.",
    slip_over: "This slip cannot be paid any more",
    slip_over_note: "It has expired or was cancelled. Please go back to the shop and order again.",
    cancelled: "This payment was cancelled",
    cancelled_note: "Nothing was paid. Please go back to the shop to try again.",
    expired: "This page has expired",
    expired_note: "Nothing was paid. Please go back to the shop to try again.",
    unknown: "There is no such payment page",
    unknown_note: "The address is wrong, or the simulator has been reset since.",
    try_again: "You can correct it or use another card. Nothing was charged.",
    check_number: "Enter the number of one of the test cards.",
    check_name: "Enter a name.",
    check_expiry: "Enter a month and year that is not over, like 08/30.",
    check_cvc: "Enter the three or four digits of the CVC.",
    check_email: "Enter an email address.",
    check_store: "Choose a store.",
    wallet_failed: "The wallet refused the payment.",
    wallet_left: "You left the wallet without paying.",
};

static JA: Words = Words {
    banner: "シミュレーター：実際の決済は行われません",
    choose: "お支払い方法を選択してください",
    other_method: "別のお支払い方法を選ぶ",
    order: "ご注文内容",
    price: "金額",
    fee: "手数料",
    total: "合計",
    converted: "この方法では円でのお支払いとなります：{}",
    go_back: "ショップに戻る",
    card_number: "カード番号",
    card_name: "カード名義",
    expiry: "有効期限（MM/YY）",
    cvc: "セキュリティコード",
    pay: "{} を支払う",
    name: "お名前",
    email: "メールアドレス",
    store: "店舗",
    fee_note: "手数料 {} が加算されます。",
    issue_slip: "払込票を発行する",
    get_account: "振込先を表示する",
    to_wallet: "ウォレットへ進む",
    test_cards: "テストカード",
    challenge: "ご本人確認",
    challenge_note: "カード発行会社がパスワードを求めています。シミュレーターのパスワードはテストカードの一覧にあります。",
    password: "パスワード",
    submit_password: "パスワードを送信する",
    slip_heading: "{} でのお支払い方法",
    transfer_heading: "銀行振込でのお支払い方法",
    slip_note: "お支払いはまだ完了していません。期限までに下記の番号でお支払いください。",
    confirmation: "確認番号",
    receipt: "受付番号",
    bank: "銀行",
    branch: "支店",
    account: "口座",
    holder: "口座名義",
    deadline: "お支払い期限",
    paid: "お支払い済み",
    paid_note: "お支払いは完了しています。",
    slip_over: "この払込票は使用できません",
    slip_over_note: "期限切れまたはキャンセル済みです。ショップに戻り、もう一度ご注文ください。",
    cancelled: "このお支払いはキャンセルされました",
    cancelled_note: "お支払いは行われていません。ショップに戻ってやり直してください。",
    expired: "このページの有効期限が切れました",
    expired_note: "お支払いは行われていません。ショップに戻ってやり直してください。",
    unknown: "お支払いページが見つかりません",
    unknown_note: "アドレスが間違っているか、シミュレーターが初期化されています。",
    try_again: "内容を修正するか、別のカードをご利用ください。請求は発生していません。",
    check_number: "テストカードの番号を入力してください。",
    check_name: "お名前を入力してください。",
    check_expiry: "有効期限を 08/30 のように入力してください。",
    check_cvc: "3桁または4桁のセキュリティコードを入力してください。",
    check_email: "メールアドレスを入力してください。",
    check_store: "店舗を選択してください。",
    wallet_failed: "ウォレットでの支払いに失敗しました。",
    wallet_left: "支払わずにウォレットを離れました。",
};

/// Puts a value where the words leave a place for it.
pub fn fill(words: &str, value: &str) -> String {
    words.replacen("{}", value, 1)
}
