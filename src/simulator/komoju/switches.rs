//! What KOMOJU's public documentation leaves open or contradicts itself about.

pub use crate::simulator::switches::ON;
use crate::simulator::switches::table;

table! {
    RETURN_WITHOUT_PAYING = "return_without_paying", ["cancelled", "pending"],
        "The session's status after the customer went back to the shop without paying.";
    EXPIRED_SESSION_STATUS = "expired_session_status", ["pending", "cancelled", "expired"],
        "The status of a session whose time is over, beside its expired flag.";
    CANCEL_FINISHED_SESSION = "cancel_finished_session", ["422", "404"],
        "How a request to cancel a session that is completed, cancelled or expired is refused.";
    CANCEL_SESSION_CANCELS_PAYMENT = "cancel_session_cancels_payment", ["on", "off"],
        "Whether cancelling a session also cancels a payment that was begun in it.";
    DUPLICATE_ORDER_NUM = "duplicate_order_num", ["refused", "accepted"],
        "Whether an external_order_num may be used a second time.";
    UNKNOWN_API_VERSION = "unknown_api_version", ["ignored", "400"],
        "What a version that does not exist in X-KOMOJU-API-VERSION does.";
    DEFAULT_API_VERSION = "default_api_version", ["2025-01-28", "2024-07-15"],
        "The version that answers when the request names none, and that webhooks are written in.";
    DECLINE_STATUS = "decline_status", ["402", "422", "502"],
        "The HTTP status of a declined card when a session is paid over the API.";
    FAILED_PAYMENT_STATUS = "failed_payment_status", ["failed", "pending"],
        "The payment's status after a declined try, while the page is still open.";
    AUTHORIZED_BEFORE_CAPTURED = "authorized_before_captured", ["off", "on"],
        "Whether payment.authorized is sent before payment.captured for a card that is captured at once.";
    UPDATED_WITH_CAPTURED = "updated_with_captured", ["on", "off"],
        "Whether payment.updated is sent just before payment.captured, with the same content.";
    UPDATED_WITH_ENDED = "updated_with_ended", ["off", "on"],
        "Whether payment.updated is also sent just before payment.expired and payment.cancelled.";
    DELIVERY_ID_PER_TRY = "delivery_id_per_try", ["stable", "changing"],
        "Whether X-Komoju-ID stays the same when a webhook is tried again.";
    REFUND_ON_KONBINI = "refund_on_konbini", ["not_refundable", "accepted"],
        "What a plain refund of a convenience store or bank payment does.";
    OVER_REFUND = "over_refund", ["not_refundable", "invalid_parameter"],
        "The code with which a refund of more than is left is refused.";
    REFUND_REQUEST_ANSWER = "refund_request_answer", ["204", "200"],
        "The status of the empty answer to a refund request.";
    PAYMENT_METHOD_CONVERSION = "payment_method_conversion", ["on", "off"],
        "Whether methods that only know yen are offered in other currencies, converted; otherwise they are left out.";
    PLATFORM_SUM = "platform_sum", ["amounts", "amounts_and_fees"],
        "What of the shares in platform_details must add up to the total.";
    PLATFORM_DETAILS_SHAPE = "platform_details_shape", ["array", "object"],
        "Whether platform_details is shown as a list of shares or as an object with submerchants.";
    UNAPPROVED_SELLER = "unapproved_seller", ["accepted", "refused"],
        "Whether a payment can name a seller whose application has not been accepted.";
    REFUND_REQUEST_EVENT = "refund_request_event", ["payment", "refund_request"],
        "What submerchant.refund_request.updated has in its data.";
    IDEMPOTENCY_OTHER_BODY = "idempotency_other_body", ["replay", "422"],
        "What a known idempotency key with another body gets.";
    IDEMPOTENCY_REPLAYS_ERRORS = "idempotency_replays_errors", ["on", "off"],
        "Whether an error is remembered for its idempotency key like any other answer.";
}
