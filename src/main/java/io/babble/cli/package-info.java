/** The command line: one class per command, one mixin per group of options. Only this package prints. */
package io.babble.cli;
