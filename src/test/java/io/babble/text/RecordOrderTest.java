package io.babble.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.text.RecordPart.Ending;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordOrderTest {
    private RecordOrder order = new RecordOrder();
    private long number;

    @Test
    void recordsOfOnePartNeverWait() {
        assertThat(arrived(0, 0, "[a]")).isEqualTo("a");
        assertThat(arrived(1, 0, "[b]")).isEqualTo("b");
        assertThat(order.isEmpty()).isTrue();
    }

    @Test
    void anotherRecordWaitsUntilTheCurrentOneIsComplete() {
        assertThat(arrived(0, 0, "[a")).isEqualTo("a");
        assertThat(arrived(1, 0, "[x")).isEmpty();
        assertThat(order.waitingBytes()).isEqualTo(1);
        assertThat(arrived(0, 0, "b")).isEqualTo("b");
        assertThat(arrived(1, 0, "y]")).isEmpty();
        assertThat(arrived(0, 0, "c]")).isEqualTo("cxy");
        assertThat(order.waitingBytes()).isZero();
    }

    @Test
    void aWaitingRecordThatIsNotCompleteIsTheNextOne() {
        arrived(0, 0, "[a");
        arrived(1, 0, "[x");
        assertThat(arrived(0, 0, "b]")).isEqualTo("bx");
        assertThat(arrived(0, 1, "[c]")).isEmpty();
        assertThat(arrived(1, 0, "y]")).isEqualTo("yc");
    }

    @Test
    void recordsFollowInTheOrderInWhichTheyBegan() {
        arrived(0, 0, "[a");
        arrived(1, 0, "[x");
        arrived(2, 0, "[p]");
        arrived(2, 1, "[q]");
        arrived(1, 0, "y]");
        arrived(1, 1, "[z]");

        assertThat(arrived(0, 0, "b]")).isEqualTo("bxypqz");
    }

    @Test
    void aRecordWhoseRestCannotComeIsGivenUp() {
        arrived(0, 5, "[a");
        arrived(1, 0, "[x]");

        assertThat(arrived(0, 7, "[c]")).isEqualTo("xc");
        arrived(0, 8, "[d");
        assertThat(arrived(0, 8, "[begun again]")).isEqualTo("begun again");
        arrived(0, 9, "[f");
        assertThat(arrived(0, 0, "rest]")).isEqualTo("rest");
    }

    @Test
    void aWaitingRecordWhoseRestCannotComeIsGivenUp() {
        arrived(0, 0, "[a");
        arrived(1, 5, "[x");
        arrived(1, 6, "[y]");

        assertThat(arrived(0, 0, "b]")).isEqualTo("bxy");
        assertThat(order.isEmpty()).isTrue();
    }

    @Test
    void afterARecordIsGivenUpItsRestIsARecordOfItsOwn() {
        arrived(0, 0, "[a");
        arrived(1, 0, "[x");
        arrived(2, 0, "[p]");

        assertThat(text(order.giveUpCurrent())).isEqualTo("x");
        assertThat(order.oldestNumber()).hasValue(2);
        assertThat(arrived(0, 0, "b")).isEmpty();
        assertThat(arrived(1, 0, "y]")).isEqualTo("ypb");
        assertThat(arrived(0, 0, "c]")).isEqualTo("c");
        assertThat(order.isEmpty()).isTrue();
    }

    @Test
    void everythingCanBeGivenUp() {
        arrived(0, 0, "[a");
        arrived(1, 0, "[x");
        arrived(2, 0, "[p");

        assertThat(text(order.giveUpAll())).isEqualTo("xp");
        assertThat(order.isEmpty()).isTrue();
        assertThat(order.oldestNumber()).isEmpty();
        assertThat(arrived(2, 0, "q]")).isEqualTo("q");
    }

    @Test
    void recordsWithoutTextDoNotPileUp() throws IOException {
        arrived(0, 0, "[a");
        int size = written(order).length;
        for (int offset = 0; offset < 1_000; offset++) {
            arrived(1, offset, "[]");
            order.arrived(part(2, offset, "", Ending.STREAM, true, true), number++);
        }

        assertThat(written(order)).hasSizeLessThan(size + 100);
        assertThat(order.arrived(part(0, 0, "", Ending.NOTHING, false, true), number))
                .extracting(RecordPart::ending)
                .containsExactly(Ending.NOTHING, Ending.STREAM);
    }

    /**
     * The records of each partition come whole and in order, however parts are interleaved and wherever the state is
     * restored.
     */
    @Test
    void recordsAreWholeWhateverComes() throws IOException {
        Random random = new Random(5);
        StringBuilder read = new StringBuilder();
        int[] offsets = new int[3];
        int[] parts = new int[3];
        for (int i = 0; i < 5_000; i++) {
            int partition = random.nextInt(3);
            boolean last = random.nextInt(4) == 0;
            String name = partition + "." + offsets[partition];
            String text = (parts[partition] == 0 ? "<" + name + ":" : "") + parts[partition] + (last ? ">" : "");
            RecordPart part = part(partition, offsets[partition], text, Ending.NOTHING, parts[partition] == 0, last);
            read.append(text(order.arrived(part, number++)));
            parts[partition] = last ? 0 : parts[partition] + 1;
            offsets[partition] += last ? 1 : 0;
            if (random.nextInt(10) == 0) {
                order = RecordOrder.read(new DataInputStream(new ByteArrayInputStream(written(order))));
            }
        }
        read.append(text(order.giveUpAll()));

        assertThat(read.toString().replaceAll("<[^<>]*>", "")).doesNotContain(">");
        for (int partition = 0; partition < 3; partition++) {
            int from = 0;
            for (int offset = 0; offset < offsets[partition]; offset++) {
                int at = read.indexOf("<" + partition + "." + offset + ":0", from);
                assertThat(at).isGreaterThanOrEqualTo(from);
                from = at;
            }
        }
    }

    /**
     * Takes a part that begins its record with {@code [} and ends it with {@code ]}; gives back the text to be read
     * now.
     */
    private String arrived(int partition, long offset, String text) {
        boolean first = text.startsWith("[");
        boolean last = text.endsWith("]");
        String inner = text.substring(first ? 1 : 0, text.length() - (last ? 1 : 0));
        return text(order.arrived(part(partition, offset, inner, Ending.NOTHING, first, last), number++));
    }

    private static RecordPart part(
            int partition, long offset, String text, Ending ending, boolean first, boolean last) {
        return new RecordPart(new RecordId("text", partition, offset), 0, text.getBytes(UTF_8), ending, first, last);
    }

    private static String text(List<RecordPart> parts) {
        List<String> texts = new ArrayList<>();
        parts.forEach(part -> texts.add(new String(part.text(), UTF_8)));
        return String.join("", texts);
    }

    private static byte[] written(RecordOrder order) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        order.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
