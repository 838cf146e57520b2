package io.babble.job.learn;

import io.babble.text.RecordPart.Ending;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Text for a learner to read, a function of where it begins and ends. */
final class LearnerTexts {
    private LearnerTexts() {}

    static void readText(LearnerHarness learner, int from, int to) throws Exception {
        for (int at = from; at < to; at += 50) {
            learner.read("text", alphabet(at, at + 50));
            learner.settle();
        }
    }

    static String alphabet(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append((char) ('a' + i % 26));
        }
        return text.toString();
    }

    static void readSome(LearnerHarness learner, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            Random random = new Random(i);
            learner.read("stream " + random.nextInt(4), "Piece " + i + " of text. ".substring(random.nextInt(9)));
            if (i % 23 == 22) {
                learner.end("stream " + random.nextInt(4));
            }
        }
    }

    /** Pieces of three streams with half characters at their ends, now and then an end of a stream. */
    static void readChinese(LearnerHarness learner, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            Random random = new Random(i);
            StringBuilder characters = new StringBuilder("，");
            for (int c = 0; c < 8; c++) {
                characters.appendCodePoint(0x4E00 + random.nextInt(3 * (i + 1)));
            }
            byte[] text = characters.toString().getBytes(StandardCharsets.UTF_8);
            String stream = "stream " + random.nextInt(3);
            int cut = random.nextInt(text.length);
            learner.read(stream, Arrays.copyOf(text, cut), Ending.NOTHING);
            learner.read(
                    stream, Arrays.copyOfRange(text, cut, text.length), i % 17 == 16 ? Ending.STREAM : Ending.NOTHING);
        }
    }
}
