package io.babble.model.writing;

import java.nio.charset.StandardCharsets;

/**
 * Finds a stop text in a sequence of bytes, and knows how many of the last bytes may be its beginning.
 *
 * <p>Knuth, Morris and Pratt, "Fast Pattern Matching in Strings", 1977: {@code fallback[n]} is the length of the
 * longest proper prefix of the stop text that ends its first n bytes.
 */
final class StopText {
    private final byte[] stop;
    private final int[] fallback;

    StopText(String text) {
        stop = text.getBytes(StandardCharsets.UTF_8);
        fallback = new int[stop.length + 1];
        for (int n = 1; n < stop.length; n++) {
            fallback[n + 1] = matchedAfter(fallback[n], stop[n]);
        }
    }

    /**
     * Bytes of the stop text at the end of the text so far, given those before {@code next}; less than a whole match
     * before.
     */
    int matchedAfter(int matched, byte next) {
        int length = matched;
        while (length > 0 && stop[length] != next) {
            length = fallback[length];
        }
        return length < stop.length && stop[length] == next ? length + 1 : 0;
    }

    boolean isWhole(int matched) {
        return stop.length > 0 && matched == stop.length;
    }
}
