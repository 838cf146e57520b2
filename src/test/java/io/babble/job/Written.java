package io.babble.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Sample;
import java.util.List;

/** The pieces of one text, as a reader of the topic sees them. */
record Written(List<Sample> pieces) {

    boolean isBegun() {
        return !pieces.isEmpty();
    }

    boolean isDone() {
        return isBegun() && pieces.get(pieces.size() - 1).done();
    }

    /** The text, put together as the README says: what lies before the offset that was reached is a repeat. */
    String text() {
        StringBuilder text = new StringBuilder();
        int reached = 0;
        for (Sample piece : pieces) {
            assertThat(piece.offset()).as("no gap before %s", piece).isLessThanOrEqualTo(reached);
            int known = Math.toIntExact(reached - piece.offset());
            int length = piece.text().codePointCount(0, piece.text().length());
            if (known < length) {
                text.append(piece.text().substring(piece.text().offsetByCodePoints(0, known)));
                reached += length - known;
            }
        }
        return text.toString();
    }

    long length() {
        return text().codePoints().count();
    }
}
