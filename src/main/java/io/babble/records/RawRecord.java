package io.babble.records;

/**
 * A Kafka record as it came, before anybody has made sense of it.
 *
 * @param timestamp of the record, ms since 1970
 * @param key may be null
 * @param value may be null
 */
public record RawRecord(String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {

    /** This record as a dead letter, with its whole value. */
    public DeadLetter deadLetter(String error) {
        return new DeadLetter(key, value, error, topic, partition, offset);
    }
}
