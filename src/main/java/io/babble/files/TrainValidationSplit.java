package io.babble.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** A text cut into streams, the tail of each of which is held out. */
public final class SplitText {
    private final TextFiles text;
    private final long[] cuts;
    private final long[] tails; // where each begins

    /** @param heldOut share of each stream; a cut inside a character moves behind it */
    public SplitText(TextFiles text, int streams, double heldOut) throws IOException {
        this.text = text;
        cuts = text.cuts(streams);
        tails = new long[streams];
        for (int i = 0; i < streams; i++) {
            long length = (long) (heldOut * (cuts[i + 1] - cuts[i]));
            tails[i] = Math.min(cuts[i + 1], text.characterStart(cuts[i + 1] - length));
        }
    }

    /** The streams without their tails, from their beginnings. */
    public List<InputStream> heads() {
        List<InputStream> heads = new ArrayList<>();
        for (int i = 0; i < tails.length; i++) {
            heads.add(text.slice(cuts[i], tails[i]));
        }
        return heads;
    }

    /** The tails, from their beginnings. */
    public List<InputStream> tails() {
        List<InputStream> list = new ArrayList<>();
        for (int i = 0; i < tails.length; i++) {
            list.add(text.slice(tails[i], cuts[i + 1]));
        }
        return list;
    }

    public long headBytes() {
        return text.size() - tailBytes();
    }

    public long tailBytes() {
        long bytes = 0;
        for (int i = 0; i < tails.length; i++) {
            bytes += cuts[i + 1] - tails[i];
        }
        return bytes;
    }
}
