package io.babble.text;

/**
 * A part of a record's text.
 *
 * @param timestamp of the record, ms since 1970
 * @param ending what ends after the text
 * @param first whether the record begins here
 * @param last whether the record ends here
 */
public record RecordPart(RecordId record, long timestamp, byte[] text, Ending ending, boolean first, boolean last) {

    /** What ends after a part. */
    public enum Ending {
        NOTHING(0),
        TEXT(1),
        STREAM(2);

        private final int code;

        Ending(int code) {
            this.code = code;
        }

        /** Stands for it in serialized state. */
        int code() {
            return code;
        }

        static Ending of(int code) {
            for (Ending ending : values()) {
                if (ending.code == code) {
                    return ending;
                }
            }
            throw new IllegalArgumentException("No ending has the code " + code);
        }
    }
}
