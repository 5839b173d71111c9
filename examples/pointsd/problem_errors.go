package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// problemOf turns any error into a problem. What is no rejection is an internal
// one, whose text stays in the log.
func problemOf(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if faults, ok := errors.AsType[regulars.Faults](err); ok {
		return malformed(faults)
	}
	if k := kindOfSentinel(err); k != nil {
		return k.with(plain(err), nil)
	}
	if p := rejection(err); p != nil {
		return p
	}
	switch {
	case errors.Is(err, loyalty.ErrContended):
		return problemContended.with(plain(err), nil)
	case errors.Is(err, loyalty.ErrNewerState):
		return problemNewerState.with(plain(err), nil)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return problemTimeout.with("The store did not answer in time.", nil)
	}
	return problemInternal.with("The service failed for a reason of its own.", nil)
}

func malformed(faults regulars.Faults) *problem {
	list := make([]map[string]string, 0, len(faults))
	for _, f := range faults {
		list = append(list, map[string]string{"path": f.Path, "problem": f.Problem})
	}
	return problemMalformed.with(faults.Error(), map[string]any{"faults": list})
}

// fault is malformed with one fault.
func fault(path, text string) *problem {
	return malformed(regulars.Faults{{Path: path, Problem: text}})
}

// kindOfSentinel finds rejections that have no numbers; nil for others.
func kindOfSentinel(err error) *problemKind {
	switch {
	case errors.Is(err, loyalty.ErrUnknownAccount):
		return problemUnknownAccount
	case errors.Is(err, loyalty.ErrUnknownOrder):
		return problemUnknownOrder
	case errors.Is(err, loyalty.ErrUnknownRedemption):
		return problemUnknownRedemption
	case errors.Is(err, loyalty.ErrOverflow):
		return problemOverflow
	}
	return nil
}

// rejection turns the errors of package loyalty that have numbers into
// problems that have them too; nil for others.
func rejection(err error) *problem {
	kind, numbers := numbersOf(err)
	if kind == nil {
		return nil
	}
	return kind.with(plain(err), numbers)
}

func numbersOf(err error) (*problemKind, map[string]any) {
	if e, ok := errors.AsType[*loyalty.CommandError](err); ok {
		return problemCommand, map[string]any{"field": e.Field, "problem": e.Problem}
	}
	if e, ok := errors.AsType[*loyalty.InsufficientError](err); ok {
		return problemInsufficient, map[string]any{"wallet": e.Wallet, "available": e.Available, "wanted": e.Wanted, "missing": e.Missing()}
	}
	if e, ok := errors.AsType[*loyalty.LimitError](err); ok {
		return problemLimit, known(map[string]any{"limit": e.Limit, "max": e.Max, "used": e.Used}, "retryAt", e.RetryAt)
	}
	if e, ok := errors.AsType[*loyalty.StockError](err); ok {
		return problemStock, map[string]any{"reward": e.Reward, "left": e.Left, "wanted": e.Wanted}
	}
	if e, ok := errors.AsType[*loyalty.ClosedError](err); ok {
		numbers := map[string]any{"member": e.Member}
		if e.Into != "" {
			numbers["into"] = e.Into
		}
		return problemClosed, numbers
	}
	if e, ok := errors.AsType[*loyalty.KeyReusedError](err); ok {
		return problemKeyReused, map[string]any{"key": e.Key, "field": e.Field, "was": e.Was, "is": e.Is}
	}
	if e, ok := errors.AsType[*loyalty.TimeError](err); ok {
		return problemTime, map[string]any{"occurredAt": e.OccurredAt, "bound": e.Bound, "late": e.Late()}
	}
	if e, ok := errors.AsType[*loyalty.DisabledError](err); ok {
		return problemDisabled, known(map[string]any{"what": e.What, "why": e.Why.String()}, "from", e.From)
	}
	if e, ok := errors.AsType[*loyalty.StateError](err); ok {
		return problemState, map[string]any{"what": e.What, "state": e.State}
	}
	if e, ok := errors.AsType[*loyalty.BehindError](err); ok {
		return problemBehind, map[string]any{"program": e.Program, "has": e.Have, "needs": e.Need}
	}
	return nil, nil
}

// known adds an instant unless it is not known.
func known(numbers map[string]any, name string, at time.Time) map[string]any {
	if !at.IsZero() {
		numbers[name] = at
	}
	return numbers
}

// plain is the text of an error without the name of the package.
func plain(err error) string { return strings.TrimPrefix(err.Error(), "loyalty: ") }
