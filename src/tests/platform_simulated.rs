//! Sellers, with what the simulator tells of its own accord: whole payments, decisions, settlements, refund requests.

use crate::platform::{BOWL, KILN};
use crate::platform_orders::entries;
use crate::shop::{CARD, TEA, TestShop};
use noren::domain::OrderState;
use noren::server::sellers;
use serde_json::json;

#[tokio::test]
async fn a_divided_session_opens_whichever_way_its_amounts_must_add_up() {
    for sum in ["amounts", "amounts_and_fees"] {
        for shape in ["array", "object"] {
            let shop = TestShop::open().await;
            shop.control("switches", json!({ "platform_sum": sum, "platform_details_shape": shape })).await;
            let order = shop.order(&[(BOWL, 1), ("washi-notebook-grid", 3), (TEA, 1)], "credit_card").await;
            assert_eq!(shop.sessions().await, 1);
            assert!(shop.pay(&order, CARD).await);
            shop.settle().await;
            assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
            let expected = "kiln-kumo ¥1,710, fee ¥190; paper-oto ¥4,208, fee ¥742. The shop’s own goods: ¥1,200.";
            assert_eq!(entries(&shop, &order, "order.divided").await, [expected], "{sum} {shape}");
            let told = entries(&shop, &order, "seller.payment").await;
            for name in ["Kiln Kumo", "Paper Oto"] {
                let captured =
                    format!("{name}’s account: captured. kiln-kumo: ¥1,710, fee ¥1,390. paper-oto: ¥4,208, fee ¥742.");
                assert!(told.contains(&captured), "{sum} {shape}: {told:?}");
            }
            shop.close().await;
        }
    }
}

#[tokio::test]
async fn what_the_provider_decides_pays_out_and_gives_back_is_seen_in_the_shop() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(BOWL, 1)], "credit_card").await;
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    for seller in [json!(KILN), json!(null)] {
        shop.control("komoju/settlements", json!({ "seller": seller })).await;
    }
    let payment = shop.payment_of(&order).await;
    shop.control(&format!("payments/{payment}/refund"), json!({ "amount": 100 })).await;
    shop.control("komoju/sellers/kiln-kumo/decline", json!({})).await;
    shop.control("komoju/sellers/studio-ame/accept", json!({})).await;
    shop.control("komoju/sellers/studio-ame/decline_method", json!({ "method": "paypay" })).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::PartlyRefunded);
    let told = entries(&shop, &order, "seller.payment").await;
    assert!(told.iter().any(|told| told.contains("refund.created") && told.contains("¥100")), "{told:?}");
    let mut db = shop.state.pool.acquire().await.unwrap();
    let report = sellers::report::report(&mut db).await.unwrap();
    for words in ["cannot sell; declined", "can sell; accepted", "  paypay           declined", "paid out ¥"] {
        assert!(report.contains(words), "{words:?} is missing in:\n{report}");
    }
    assert!(!sellers::settlements(&mut db, None).await.unwrap().is_empty(), "{report}");
    drop(db);
    shop.close().await;
}

#[tokio::test]
async fn a_refund_request_of_either_shape_is_on_its_order() {
    for shape in ["payment", "refund_request"] {
        let shop = TestShop::open().await;
        shop.control("switches", json!({ "refund_request_event": shape })).await;
        let order = shop.order(&[(BOWL, 1)], "konbini").await;
        shop.issue_slip(&order).await;
        let payment = shop.payment_of(&order).await;
        shop.control(&format!("payments/{payment}/capture"), json!({})).await;
        shop.settle().await;
        let body = json!({ "customer_name": "Mika", "bank_name": "Test Bank", "bank_code": "0001",
                           "branch_name": "Main", "branch_number": "001", "account_number": "7654321" });
        let url = format!("{}/komoju/api/v1/payments/{payment}/refund_request", shop.simulator);
        let answer = shop.http.post(url).basic_auth(&shop.key, Some("")).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        shop.control(&format!("komoju/refund_requests/{payment}/completed"), json!({})).await;
        shop.settle().await;
        let told = entries(&shop, &order, "seller.refund_request").await;
        assert!(told.iter().any(|told| told.ends_with("is completed.")), "{shape}: {told:?}");
        shop.close().await;
    }
}
