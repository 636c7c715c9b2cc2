// Package terms holds the test of the words that users read: no message, help text or page uses a phrase that docs/terms.md
// refuses.
package terms
