//go:build !unix

package sqlstoretest

import "errors"

// cluster is never started here: the way in which it is kept and thrown away is
// that of Unix.
type cluster struct{}

func programs() string { return "" }

func start(string) (*cluster, error) { return nil, errors.ErrUnsupported }

func (*cluster) database() (string, error) { return "", errors.ErrUnsupported }

func (*cluster) stop() {}
