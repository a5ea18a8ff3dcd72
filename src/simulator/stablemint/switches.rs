//! What StableMint's public documentation leaves open or contradicts itself about.

pub use crate::simulator::switches::ON;
use crate::simulator::switches::table;

table! {
    WEBHOOK_SHAPE = "stablemint_webhook_shape", ["envelope", "flat"],
        "The webhooks of sessions of the second dialect: an envelope with an eventId, or flat as a little earlier.";
    STEPS = "stablemint_steps", ["all", "outcome"],
        "Whether every step of a deposit is told, or only what came of it.";
    V1_REFERENCE = "stablemint_v1_reference", ["paymentReference", "sessionId", "nowhere"],
        "Which field of the first dialect's webhooks has the session's reference.";
    V2_REFERENCE = "stablemint_v2_reference", ["same", "other"],
        "Whether the reference in the second dialect's webhooks is the session's, or one of the deposit's own.";
    ABSENT_FIELDS = "stablemint_absent_fields", ["null", "left_out"],
        "How webhooks write what the shop did not give.";
    AMOUNT_FORM = "stablemint_amount_form", ["two_decimals", "shortest"],
        "Whether webhooks write ten euros as 10.00 or as 10.";
    SIGNED_AFRESH = "stablemint_signed_afresh", ["on", "off"],
        "Whether a webhook that is tried again gets a new timestamp and signature.";
    CREATE_STATUS = "stablemint_create_status", ["200", "201"],
        "The status of the answer to a session that was made.";
    REFUSED_STATUS = "stablemint_refused_status", ["400", "422"],
        "The status of a request whose content is refused.";
    ERROR_BODY = "stablemint_error_body", ["object", "text", "empty"],
        "The shape of an error's body.";
    IDEMPOTENCY = "stablemint_idempotency", ["replay", "409"],
        "What the same request with a known idempotencyKey gets; another request with it always gets 409.";
    CLOCK_TOLERANCE = "stablemint_clock_tolerance", ["300", "none"],
        "How many seconds the timestamp of a request may be off.";
    EXPIRES_AT_UNIT = "stablemint_expires_at_unit", ["by_dialect", "milliseconds", "seconds"],
        "The unit of expiresAt; by dialect, that of the request's timestamp: milliseconds in the first, seconds in the second.";
    LIFETIME = "stablemint_lifetime_minutes", ["30", "5", "1440"],
        "How long a session can be paid.";
    LIMITS = "stablemint_limits", ["sandbox", "none"],
        "Whether amounts must be from 0.1 to 10, as in the sandbox.";
    CURRENCIES = "stablemint_currencies", ["EUR", "EUR_and_GBP"],
        "Which currencies are taken.";
    RETURN_QUERY = "stablemint_return_query", ["none", "reference"],
        "Whether the session's reference is added to the addresses that the customer returns to.";
    AFTER_FAILURE = "stablemint_after_failure", ["error_url", "stays_open"],
        "After a failed payment: the session ends and the customer goes to errorUrl, or the page offers another try.";
    EXIT_ENDS_SESSION = "stablemint_exit_ends_session", ["off", "on"],
        "Whether a session can no longer be paid after its customer left it.";
    EXPIRED_BROWSER = "stablemint_expired_browser", ["error_url", "page"],
        "Where somebody who opens an expired session's page is left.";
}
