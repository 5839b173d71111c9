// Package experiment says whether it worked.
package experiment
