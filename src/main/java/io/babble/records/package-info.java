/**
 * The records on the topics and between the job's operators.
 *
 * <p>Samples, reports and prompts are JSON objects, each with a JSON Schema in this package's resources. Lengths and
 * offsets count characters as Unicode code points. Flink serializes every type here with {@code PojoTypeInfo} (which
 * supports Java records since 1.19), never with Kryo. Fields may be added later, because Flink stores their names with
 * the state. A number that is not known yet is NaN in Java and {@code null} in JSON.
 */
package io.babble.records;
