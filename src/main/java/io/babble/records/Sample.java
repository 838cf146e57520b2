package io.babble.records;

/**
 * A piece of a text that the writer writes. The pieces of one id, joined in the order of their offsets, are the text.
 * After a failure the writer goes on from its last checkpoint, and may write another text than it did before. Then the
 * pieces have another attempt: a reader cuts what it has of the text at the offset of a new attempt's first piece.
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
 * @param attempt a random token of each start of the writer; null in records of versions before 0.3
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
        String attempt,
        String error,
        long at) {

    /** @throws IllegalArgumentException when this is not a piece of a text */
    public Sample {
        if (id == null || text == null || origin == null) {
            throw new IllegalArgumentException("id, text or origin is missing");
        }
        if (sequence < 0 || offset < 0) {
            throw new IllegalArgumentException("sequence and offset must not be negative");
        }
        if (!Characters.encodable(text)) {
            throw new IllegalArgumentException("text has half a character");
        }
    }

    /** The only piece of the answer to a refused prompt, with the given error. */
    public static Sample refusal(String id, String error, long version, String attempt, long at) {
        long seed = Prompt.seedOf(id);
        return new Sample(
                id, 0, 0, "", true, Origin.PROMPT, null, version, Double.NaN, Double.NaN, seed, attempt, error, at);
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
