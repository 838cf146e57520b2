/**
 * A real Kafka broker and a real Flink cluster inside this JVM, for the demo and for tests: one folder, one process, no
 * installation. Errors are {@link java.lang.IllegalStateException}s whose message tells the user what to do.
 */
package io.babble.embedded;
