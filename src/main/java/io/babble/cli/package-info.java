/** The command line: one class for each command, a mixin for each group of options. Only here is anything printed. */
package io.babble.cli;
