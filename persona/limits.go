package persona

// Limits of a rule, so that one from outside can't exhaust its host. What goes
// beyond does not compile.
const (
	// MaxDepth is how many rules may lie within each other, the leaf included.
	// JSON itself is read to a depth of 64, which is 32 lists of rules.
	MaxDepth = 32
	// MaxNodes is the most rules of a tree. People write tens.
	MaxNodes = 1000
	// MaxExpanded is the most rules of a tree with all the segments that it
	// refers to in their places: each may stand there many times.
	MaxExpanded = 10_000
	// MaxSetExpanded is the same for all the rules of a set together.
	MaxSetExpanded = 1_000_000
	// MaxList is the most items of a list that a leaf compares with.
	MaxList = 10_000
	// MaxPattern is the most bytes of a regular expression. Matching takes time
	// in proportion to text and pattern at worst, never more.
	MaxPattern = 1000
	// MaxRules is the most named rules of a set.
	MaxRules = 10_000
)
