/**
 * A real Kafka broker and a real Flink cluster inside this JVM, for the demo and for tests: one folder, one process, no
 * installation. The message of an error tells the user what to do.
 */
package io.babble.embedded;
