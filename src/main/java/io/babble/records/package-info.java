/**
 * What travels on the topics and between the job's operators.
 *
 * <p>Samples, reports and prompts are JSON objects, each with a JSON Schema beside these classes. A character is a Unicode code
 * point wherever lengths and offsets are counted. In Flink every type here is a {@code PojoTypeInfo} (Flink takes Java records
 * since 1.19): no Kryo, and fields may be added later, because Flink keeps their names beside the state. A number that is
 * not known yet is NaN in Java and {@code null} in JSON.
 */
package io.babble.records;
