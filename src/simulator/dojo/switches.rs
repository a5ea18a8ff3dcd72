//! What Dojo's public documentation leaves open or contradicts itself about.

use crate::simulator::switches::table;

table! {
    MISSING_VERSION = "dojo_missing_version", ["400", "accepted"],
        "What a call without the version header gets.";
    UNKNOWN_PROPERTIES = "dojo_unknown_properties", ["ignored", "400"],
        "What a property that the documentation does not know does when an intent is made.";
    PROBLEM_TYPE = "dojo_problem_type", ["application/json", "application/problem+json"],
        "The content type of a refusal.";
    CANCEL_REFUSAL = "dojo_cancel_refusal", ["400", "409"],
        "The status with which an intent that is not Created any more refuses to be cancelled.";
    REFUND_REFUSAL = "dojo_refund_refusal", ["pascal", "camel"],
        "Whether the keys of a refused refund's answer begin with capitals.";
    REFUND_OTHER_BODY = "dojo_refund_other_body", ["400", "409"],
        "How a known idempotency key with another body is refused.";
    PARTIAL_CAPTURE = "dojo_partial_capture", ["Captured", "Authorized"],
        "The status after a part of what is held was captured.";
    REVERSAL_WINDOW = "dojo_reversal_window", ["same_day", "seven_days"],
        "How long an Auto payment can be reversed.";
    RETURN_PARAMETER = "dojo_return_parameter", ["id", "none", "paymentIntentId"],
        "What is added to redirectUrl to name the intent.";
    DECLINE_EVENT = "dojo_decline_event", ["none", "status_updated"],
        "The event that a declined try causes, with the status Created.";
    PARTIAL_REFUND_EVENT = "dojo_partial_refund_event", ["status_updated", "none"],
        "The event that a refund of a part causes, with the status Captured.";
    AUTHORIZED_EVENT = "dojo_authorized_event", ["off", "on"],
        "Whether an Auto payment is told as Authorized before it is told as Captured.";
    SECOND_SUBSCRIPTION = "dojo_second_subscription", ["409", "accepted"],
        "What a subscription to an event that another subscription has already gets.";
    NEW_SECRET = "dojo_new_secret", ["inactive", "active"],
        "Whether a new webhook secret signs at once or only when it has been activated.";
    WEBHOOK_CASE = "dojo_webhook_case", ["camel", "pascal"],
        "Whether the keys of a webhook begin with capitals.";
}
