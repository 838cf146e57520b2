package io.babble.records;

/**
 * A piece of a text that the writer writes. The pieces of one id, joined in the order of their offsets, are the text. After a
 * failure pieces may be repeated: a reader drops all characters before the offset that it has reached.
 *
 * @param id of the prompt
 * @param sequence number of the piece, from 0
 * @param offset characters written before this piece, the prompt not counted
 * @param text the new characters
 * @param done whether this is the last piece
 * @param origin why the text is written
 * @param prompt the prompt's text, in sequence 0 only; else null
 * @param version training steps of the model that wrote the piece
 * @param bitsPerByte moving average of that model's loss; NaN before the first step
 * @param temperature sampling temperature; NaN when the prompt was refused
 * @param seed random seed
 * @param error why the text ended early; null when there is no error
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

    /** The only piece of the answer to a refused prompt. */
    public static Sample refusal(PromptReading.Refused refused, long version, long at) {
        return refusal(refused.id(), refused.error(), version, at);
    }

    /** The only piece of the answer to a refused prompt, with the given error. */
    public static Sample refusal(String id, String error, long version, long at) {
        return new Sample(
                id, 0, 0, "", true, Origin.PROMPT, null, version, Double.NaN, Double.NaN, Prompt.seedOf(id), error, at);
    }

    public byte[] toJson() {
        return Json.write(this);
    }

    /**
     * Reads a sample that any version of Babble wrote.
     *
     * @throws IllegalArgumentException when the bytes are not a sample
     */
    public static Sample fromJson(byte[] json) {
        return Json.read(json, Sample.class);
    }
}
