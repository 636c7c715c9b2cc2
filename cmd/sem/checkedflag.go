package main

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// A checkedFlag is a text that has to have a form. A mistyped one would ask about another request or proxy, without a word.
type checkedFlag struct {
	value *string
	check func(string) error
}

func (f checkedFlag) String() string {
	if f.value == nil {
		return ""
	}
	return *f.value
}
func (f checkedFlag) Type() string { return "string" }

func (f checkedFlag) Set(text string) error {
	if err := f.check(text); text != "" && err != nil {
		return err
	}
	*f.value = text
	return nil
}

// checkedVar adds a flag whose value is checked.
func checkedVar(flags *pflag.FlagSet, value *string, name string, check func(string) error, usage string) {
	flags.Var(checkedFlag{value, check}, name, usage)
}

// checkedVarP adds one with a letter, if it is not "", and a default.
func checkedVarP(flags *pflag.FlagSet, value *string, name, letter, preset string, check func(string) error, usage string) {
	*value = preset
	flags.VarP(checkedFlag{value, check}, name, letter, usage)
}

// isOneOf checks for one of several words.
func isOneOf(words ...string) func(string) error {
	return func(text string) error {
		if slices.Contains(words, text) {
			return nil
		}
		return fmt.Errorf("write %s or %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
	}
}

// like checks for a pattern.
func like(pattern, otherwise string) func(string) error {
	form := regexp.MustCompile("^(?:" + pattern + ")$")
	return func(text string) error {
		if form.MatchString(text) {
			return nil
		}
		return errors.New(otherwise)
	}
}

var (
	isName     = like(`[A-Za-z0-9*]([A-Za-z0-9._-]*[A-Za-z0-9])?`, "names have letters, digits, '-' and '.'")
	isHost     = like(`[A-Za-z0-9*_]([A-Za-z0-9._*-]*)`, "host names have letters, digits, '-', '_' and '.'")
	isLocality = like(`[^/\s]+(/[^/\s]+){0,2}/*`, "write REGION, REGION/ZONE or REGION/ZONE/SUBZONE")
	isVersion  = like(`[0-9]+\.[0-9]+(\.[0-9]+)?([-.+].*)?`, "write a version such as 1.32.0")
	isSPIFFE   = like(`spiffe://\S+`, "write spiffe://DOMAIN/ns/NAMESPACE/sa/ACCOUNT")
)

func isIP(text string) error {
	if _, err := netip.ParseAddr(text); err != nil {
		return errors.New("write an IP address")
	}
	return nil
}

// isDialled checks for what an application can connect to.
func isDialled(text string) error {
	if strings.HasPrefix(text, "unix://") || isIP(text) == nil {
		return nil
	}
	return errors.New("write an IP address; --connect-to connects to another host or port")
}
