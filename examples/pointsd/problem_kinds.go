package main

import "net/http"

// What is wrong with a request, whatever the member.
var (
	problemMalformed = &problemKind{
		"malformed", http.StatusBadRequest, "The request can't be read",
		"\"faults\" lists what is wrong, each with the path of the field. Mend the request; it will never be taken as it is.",
	}
	problemCommand = &problemKind{
		"command", http.StatusUnprocessableEntity, "The command makes no sense",
		"\"field\" is at fault, whatever the account. Mend the command.",
	}
	problemKeyMissing = &problemKind{
		"key-missing", http.StatusBadRequest, "The request has no idempotency key",
		"Send one header Idempotency-Key with a text of 1 to 200 bytes that names what happened, such as an order's number. Send the same again when you retry.",
	}
	problemMediaType = &problemKind{
		"media-type", http.StatusUnsupportedMediaType, "The body is not said to be JSON",
		"Send Content-Type: application/json.",
	}
	problemTooLarge = &problemKind{
		"too-large", http.StatusRequestEntityTooLarge, "The body is too large",
		"\"limit\" is how many bytes a body may have.",
	}
	problemNotFound = &problemKind{
		"not-found", http.StatusNotFound, "There is nothing here",
		"GET /openapi.yaml lists what there is.",
	}
	problemMethod = &problemKind{
		"method", http.StatusMethodNotAllowed, "The method does not exist here",
		"The header Allow lists those that do.",
	}
)

// Who may not ask.
var (
	problemTokenMissing = &problemKind{
		"token-missing", http.StatusUnauthorized, "The request has no token",
		"Send Authorization: Bearer and the token that you were given.",
	}
	problemTokenInvalid = &problemKind{
		"token-invalid", http.StatusUnauthorized, "The token is unknown",
		"Ask whoever runs the service for another.",
	}
	problemTokenExpired = &problemKind{
		"token-expired", http.StatusUnauthorized, "The token has expired",
		"\"expired\" says when. Ask whoever runs the service for another.",
	}
	problemReadOnly = &problemKind{
		"read-only", http.StatusForbidden, "The token may only read",
		"Use a token that may write.",
	}
	problemForeign = &problemKind{
		"foreign", http.StatusForbidden, "The request does not come from this machine",
		"A service without tokens answers only to localhost, and to no page of another site.",
	}
)

// What the service can't do now.
var (
	problemBusy = &problemKind{
		"busy", http.StatusServiceUnavailable, "Too many requests at once",
		"Nothing was done. Try again after Retry-After seconds.",
	}
	problemTimeout = &problemKind{
		"timeout", http.StatusServiceUnavailable, "The request took too long",
		"It is unknown whether a command was done. Send it again with the same key.",
	}
	problemContended = &problemKind{
		"contended", http.StatusServiceUnavailable, "Too many others change the same records",
		"Nothing was done. Try again with the same key.",
	}
	problemBehind = &problemKind{
		"behind", http.StatusServiceUnavailable, "This replica has an older program",
		"It \"has\" a version older than the one that the record \"needs\". Try again: another replica may be newer.",
	}
	problemNewerState = &problemKind{
		"newer-state", http.StatusServiceUnavailable, "A newer release has written the record",
		"Try again: another replica may be newer.",
	}
	problemDraining = &problemKind{
		"draining", http.StatusServiceUnavailable, "The service is not ready",
		"It is starting, stopping, or can't reach its store.",
	}
	problemInternal = &problemKind{
		"internal", http.StatusInternalServerError, "The service failed",
		"It is unknown whether a command was done: send it again with the same key. The log has more under \"requestId\".",
	}
)

// Why a command was refused: one for each error of package loyalty.
var (
	problemUnknownAccount = &problemKind{
		"unknown-account", http.StatusNotFound, "The member is not known",
		"The first event of a member opens the account.",
	}
	problemUnknownOrder = &problemKind{
		"unknown-order", http.StatusNotFound, "The order has earned nothing here",
		"Only an order that earned can be kept in part.",
	}
	problemUnknownRedemption = &problemKind{
		"unknown-redemption", http.StatusNotFound, "The redemption or hold is not known",
		"It is named by the key of the command that made it.",
	}
	problemInsufficient = &problemKind{
		"insufficient", http.StatusConflict, "There are not enough points",
		"\"wallet\" has \"available\" points, \"wanted\" were asked for, \"missing\" are missing.",
	}
	problemLimit = &problemKind{
		"limit", http.StatusConflict, "A limit is reached",
		"\"used\" of \"max\" are gone. \"retryAt\" is when the limit starts anew, if it does.",
	}
	problemStock = &problemKind{
		"stock", http.StatusConflict, "The reward is out of stock",
		"\"left\" of the \"reward\" are left, \"wanted\" were asked for.",
	}
	problemClosed = &problemKind{
		"closed", http.StatusConflict, "The account is closed",
		"It was merged \"into\" another, if that is given.",
	}
	problemKeyReused = &problemKind{
		"key-reused", http.StatusUnprocessableEntity, "The key was used for another command",
		"The first \"field\" that differs \"was\" one value and \"is\" another. Send the command as it was, or a new key.",
	}
	problemTime = &problemKind{
		"time", http.StatusUnprocessableEntity, "The event came too late, or lies in the future",
		"\"occurredAt\" must not be before \"bound\" if \"late\" is true, and not after it if it is false.",
	}
	problemDisabled = &problemKind{
		"disabled", http.StatusConflict, "This is not to be had now",
		"\"what\" is not to be had, \"why\" says the reason. \"from\" is when it will be, if that is known.",
	}
	problemState = &problemKind{
		"state", http.StatusConflict, "This is not in the state that the command needs",
		"\"what\" is in \"state\".",
	}
	problemOverflow = &problemKind{
		"overflow", http.StatusConflict, "There would be too many points",
		"A wallet holds a bounded number of points.",
	}
)

// problemKinds are all of them, as the index of /problems lists them.
var problemKinds = []*problemKind{
	problemMalformed, problemCommand, problemKeyMissing, problemMediaType, problemTooLarge, problemNotFound, problemMethod,
	problemTokenMissing, problemTokenInvalid, problemTokenExpired, problemReadOnly, problemForeign,
	problemBusy, problemTimeout, problemContended, problemBehind, problemNewerState, problemDraining, problemInternal,
	problemUnknownAccount, problemUnknownOrder, problemUnknownRedemption, problemInsufficient, problemLimit, problemStock,
	problemClosed, problemKeyReused, problemTime, problemDisabled, problemState, problemOverflow,
}
