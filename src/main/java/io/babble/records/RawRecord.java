package io.babble.records;

/**
 * A Kafka record that is not parsed yet.
 *
 * @param timestamp of the record, ms since 1970
 * @param key may be null
 * @param value may be null
 */
public record RawRecord(String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {

    /** A dead letter with the whole value of this record. */
    public DeadLetter deadLetter(String error) {
        return new DeadLetter(key, value, error, topic, partition, offset);
    }
}
