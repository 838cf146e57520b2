/**
 * The command line: one class per command, one mixin per group of options. Only this package and those below it print.
 */
package io.babble.cli;
