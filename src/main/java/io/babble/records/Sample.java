package io.babble.records;

/**
 * A piece of a text that the writer writes. The pieces of one id, put together in the order of their offsets, are the text;
 * after a failure pieces may come again: what lies before the offset that a reader has reached is a repeat, to be cut.
 *
 * @param id the prompt's
 * @param sequence number of the piece, from 0
 * @param offset characters written before this piece, the prompt not counted
 * @param text what was written
 * @param done whether this is the last piece
 * @param origin who asked
 * @param prompt the prompt's text, in sequence 0 only; else null
 * @param version training steps of the model that wrote the piece
 * @param bitsPerByte of that model, recent average; NaN before the first step
 * @param temperature it was drawn with; NaN where an unreadable prompt leaves it unknown
 * @param seed it was drawn with
 * @param error why there is no more text; null when all is well
 * @param at when the piece was written, milliseconds since 1970
 */
public record Sample(
        String id,
        long sequence,
        long offset,
        String text,
        boolean done,
        Origin origin,
        String prompt,
        long version,
        double bitsPerByte,
        double temperature,
        long seed,
        String error,
        long at) {

    /** The whole answer to a prompt that cannot be answered. */
    public static Sample refusal(PromptReading.Refused refused, long version, long at) {
        return refusal(refused.id(), refused.error(), version, at);
    }

    /** The whole answer to a prompt that cannot be answered, for the reason given. */
    public static Sample refusal(String id, String error, long version, long at) {
        return new Sample(
                id, 0, 0, "", true, Origin.PROMPT, null, version, Double.NaN, Double.NaN, Prompt.seedOf(id), error, at);
    }

    public byte[] toJson() {
        return Json.write(this);
    }

    /**
     * A sample as any version of Babble wrote it.
     *
     * @throws IllegalArgumentException when the bytes are no sample
     */
    public static Sample fromJson(byte[] json) {
        return Json.read(json, Sample.class);
    }
}
