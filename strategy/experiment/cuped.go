package experiment

import (
	"fmt"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/internal/wire"
)

// Pairs collect, of each customer in one arm, a value and one from before, such
// as spend in the month that preceded. Before must be fixed when the arm is
// drawn, so that the treatment can't change it; somebody who was not there yet
// spent 0. Sums are exact, as those of [Moments]. The zero value is ready to
// use.
type Pairs struct {
	value, before Moments
	products      stats.Sum
}

// Add adds one customer. A number that is not one, or beyond [MaxValue], is an
// error and changes nothing.
func (p *Pairs) Add(before, value float64) error {
	if err := checkValue("value from before", before); err != nil {
		return err
	}
	if err := p.value.Add(value); err != nil {
		return err
	}
	p.products.AddProduct(whole(before), whole(value))
	return p.before.Add(before)
}

// Merge adds all that was added to o.
func (p *Pairs) Merge(o *Pairs) {
	p.value.Merge(&o.value)
	p.before.Merge(&o.before)
	p.products.Merge(o.products)
}

// N returns how many customers were added.
func (p *Pairs) N() int64 { return p.value.n }

// Sample returns the sample of the values, without any adjustment.
func (p *Pairs) Sample() Sample { return p.value.Sample() }

func (p *Pairs) covariance() float64 {
	cov, _ := stats.Covariance(p.value.n, p.before.sum, p.value.sum, p.products)
	return cov
}

// MarshalBinary writes p in its one form.
func (p *Pairs) MarshalBinary() ([]byte, error) {
	dst := p.value.append(wire.AppendString(nil, wirePairs))
	if p.value.n > 0 {
		dst = appendSum(appendSum(appendSum(dst, p.before.sum), p.before.squares), p.products)
	}
	return dst, nil
}

// UnmarshalBinary reads what [Pairs.MarshalBinary] wrote, in place of what was
// in p. On an error p stays as it was.
func (p *Pairs) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	readHeader(r, wirePairs)
	read := Pairs{value: readMoments(r)}
	if n := read.value.n; n > 0 {
		read.before = Moments{n, readSum(r), readSum(r)}
		checkMoments(r, n, read.before.sum, read.before.squares)
		read.products = readSum(r)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("experiment: pairs: %w", err)
	}
	*p = read
	return nil
}

// Adjusted is an effect from which what was known before has been taken out.
type Adjusted struct {
	// Effect is of values less Theta times what they were before, against the
	// mean of before in both arms. Its means are adjusted too.
	Effect Effect  `json:"effect"`
	Theta  float64 `json:"theta"`
	// Explained is the share of the variance that went: the squared correlation
	// of value and before.
	Explained float64 `json:"explained"`
}

// CUPED returns the effect with less noise, by what is known of each customer
// from before (Deng, Xu, Kohavi and Walker 2013, "Improving the sensitivity of
// online controlled experiments by utilizing pre-experiment data"). Theta is the
// covariance of value and before over the variance of before, in both arms taken
// as one. Where before does not vary there is nothing to take out: Theta is 0,
// and the effect is that of [CompareMeans].
func CUPED(control, treated *Pairs, level float64) Adjusted {
	both := *control
	both.Merge(treated)
	before, value, cov := both.before.Sample(), both.Sample(), both.covariance()
	var a Adjusted
	if before.Variance > 0 && finite(cov/before.Variance) {
		a.Theta = cov / before.Variance
		if value.Variance > 0 {
			a.Explained = min(1, cov/before.Variance*(cov/value.Variance))
		}
	}
	a.Effect = CompareMeans(control.adjusted(a.Theta, before.Mean), treated.adjusted(a.Theta, before.Mean), level)
	return a
}

// adjusted returns the sample of value - theta·(before - centre).
func (p *Pairs) adjusted(theta, centre float64) Sample {
	value, before := p.value.Sample(), p.before.Sample()
	variance := value.Variance + float64(theta*theta*before.Variance) - float64(2*theta*p.covariance())
	return Sample{value.N, value.Mean - float64(theta*(before.Mean-centre)), max(0, variance)}
}
