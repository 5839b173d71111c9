package loyalty

// windowCheckIn counts the check-ins of a day that a rule without a streak of
// its own has seen, so that the second one gives nothing.
const windowCheckIn windowKind = 16 * 7

// ready judges what goes on from event to event: streaks, tasks and referrals.
// ReasonProgress of a streak means that the check-in counts.
func (j *judge) ready(r *bookRule, o *outcome, t *trial) Reason {
	if r.guarded && j.ev.kind == checkInKind && j.used(windowCheckIn, r.id, perDay) > 0 {
		o.retry = j.tomorrow()
		return ReasonCheckedIn
	}
	switch r.way {
	case wayStreak:
		return j.streak(r, o, t)
	case wayTask:
		return j.task(r, o, t)
	case wayReferral:
		return j.referral(r)
	}
	return 0
}

func (j *judge) streak(r *bookRule, o *outcome, t *trial) Reason {
	before := j.st.account.streak(r.id)
	if before.has(j.ev.day) {
		o.progress, o.goal = r.place(before.run(j.ev.day))
		o.retry = j.tomorrow()
		return ReasonCheckedIn
	}
	after := before.with(j.ev.day)
	if !after.has(j.ev.day) {
		return ReasonLate
	}
	j.out.bench.streaks = append(j.out.bench.streaks, after)
	t.streak = int32(len(j.out.bench.streaks))
	o.progress, o.goal = r.place(after.run(j.ev.day))
	return 0
}

// place returns which day of the cycle a run of so many days has come to, and
// the goal that is next or reached; 0 if none is ahead.
func (r *bookRule) place(run int32) (day, goal int32) {
	day = run
	if r.streak.Cycle > 0 && run > 0 {
		day = (run-1)%r.streak.Cycle + 1
	}
	for _, g := range r.streak.Goals {
		if g.Day >= day {
			return day, g.Day
		}
	}
	return day, 0
}

// paid returns what a check-in on a day of the cycle gives.
func (r *bookRule) paid(day int32) (points int64) {
	for _, s := range r.streak.Steps {
		if s.Day <= day {
			points = s.Points
		}
	}
	for _, g := range r.streak.Goals {
		if g.Day == day {
			points += g.Points
		}
	}
	return points
}

func (j *judge) task(r *bookRule, o *outcome, t *trial) Reason {
	for _, id := range r.task.After {
		if j.st.account.task(id).done == 0 {
			o.goal = r.task.Goal
			return ReasonLocked
		}
	}
	now := j.st.account.task(r.id)
	o.goal = r.task.Goal
	if now.done > 0 && !r.task.Repeat {
		o.progress = r.task.Goal
		return ReasonDone
	}
	now.progress++
	o.progress = min(now.progress, r.task.Goal)
	reason := ReasonProgress
	if now.progress >= r.task.Goal {
		now.progress, reason = 0, 0
		now.done++
	}
	j.out.bench.tasks = append(j.out.bench.tasks, now)
	t.task = int32(len(j.out.bench.tasks))
	return reason
}

func (j *judge) referral(r *bookRule) Reason {
	enrolled := j.st.account.enrolled
	switch {
	case j.st.referrer == referrerNone:
		return ReasonNoReferrer
	case j.used(windowPaid, r.id, perLife) > 0:
		return ReasonPaid
	case j.st.referrer == referrerShut:
		return ReasonReferrer
	case enrolled != 0 && !r.within.IsZero() && j.ev.at >= micros(r.within.After(instant(enrolled), j.book.cal.zone)):
		return ReasonLate
	}
	return 0
}

// base returns the whole number that multipliers raise; for rules by amount
// that is the points for each per.
func (j *judge) base(r *bookRule, t *trial) int64 {
	if r.way != wayStreak {
		return r.points
	}
	day, _ := r.place(j.out.bench.streaks[t.streak-1].run(j.ev.day))
	return r.paid(day)
}

// tomorrow returns the start of the day after the event's.
func (j *judge) tomorrow() int64 {
	return j.days().start(j.ev.day + 1)
}
