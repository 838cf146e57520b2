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

    /** The text, put together as the README says: a new attempt replaces what was read from its first offset on. */
    String text() {
        StringBuilder text = new StringBuilder();
        String attempt = "";
        int reached = 0;
        for (Sample piece : pieces) {
            if (piece.attempt().equals(attempt)) {
                assertThat(piece.offset()).as("no gap before %s", piece).isEqualTo(reached);
            } else {
                assertThat(piece.offset()).as("no gap before %s", piece).isLessThanOrEqualTo(reached);
                text.setLength(text.offsetByCodePoints(0, Math.toIntExact(piece.offset())));
                attempt = piece.attempt();
            }
            reached = Math.toIntExact(piece.offset())
                    + piece.text().codePointCount(0, piece.text().length());
            text.append(piece.text());
        }
        return text.toString();
    }

    long length() {
        return text().codePoints().count();
    }
}
