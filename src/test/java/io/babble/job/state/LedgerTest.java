package io.babble.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LedgerTest {

    /** Every later Babble must read this file as this one does. */
    @Test
    void readsTotalsOfVersion1() throws IOException {
        Ledger ledger = Ledger.read(Golden.open("ledger-1.bin"));

        assertThat(ledger.accepted()).isEqualTo(5_000_000_000L);
        assertThat(ledger.dead()).isEqualTo(12);
        assertThat(ledger.endOfTexts()).isEqualTo(3);
        assertThat(ledger.clipped()).isEqualTo(2);
        assertThat(ledger.skipped()).isEqualTo(1);
        assertThat(ledger.unknown()).isZero();
        assertThat(ledger.nextReport()).isEqualTo(2);
        assertThat(ledger.sampleDue(599, 100)).isFalse();
        assertThat(ledger.sampleDue(600, 100)).isTrue();
    }

    /** Every later Babble must read this file as this one does. */
    @Test
    void readsTotalsOfVersion2() throws IOException {
        Ledger ledger = Ledger.read(Golden.open("ledger-2.bin"));

        assertThat(ledger.accepted()).isEqualTo(5_000_000_000L);
        assertThat(ledger.unknown()).isEqualTo(4);
    }

    @Test
    void refusesTotalsOfALaterVersion() throws IOException {
        byte[] bytes = Golden.bytes("ledger-2.bin");
        bytes[0] = 3;

        assertThatThrownBy(() -> Ledger.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 3")
                .hasMessageContaining("reads version 2");
    }

    @Test
    void aCopyGoesItsOwnWay() throws IOException {
        Ledger ledger = Ledger.read(Golden.open("ledger-1.bin"));
        Ledger copy = new LedgerSerializer().copy(ledger);
        copy.addAccepted(7);
        copy.addDead(1);
        copy.nextReport();

        assertThat(ledger.accepted()).isEqualTo(5_000_000_000L);
        assertThat(ledger.dead()).isEqualTo(12);
        assertThat(ledger.nextReport()).isEqualTo(2);
    }

    @Test
    void totalsThatReadOnFromAnothersPositionsHoldTheSameEquation() throws IOException {
        Ledger older = Ledger.read(Golden.open("ledger-1.bin"));
        Ledger newer = new Ledger();
        newer.addAccepted(9_000);
        newer.addDead(5);
        newer.nextReport();
        long learned = 700;
        long pending = 30;

        Ledger joined = older.readingFrom(newer, learned, pending);

        assertThat(joined.accepted()).isEqualTo(learned + pending + 5);
        assertThat(joined.dead()).isEqualTo(5);
        assertThat(joined.endOfTexts()).isEqualTo(older.endOfTexts());
        assertThat(joined.clipped()).isEqualTo(older.clipped());
        assertThat(joined.nextReport()).isEqualTo(1);
    }

    @Test
    void aSampleIsDueEverySoManySymbolsAndNeverTwiceForTheSame() {
        Ledger ledger = new Ledger();

        assertThat(ledger.sampleDue(0, 100)).isTrue();
        assertThat(ledger.sampleDue(0, 100)).isFalse();
        assertThat(ledger.sampleDue(99, 100)).isFalse();
        assertThat(ledger.sampleDue(350, 100)).isTrue();
        assertThat(ledger.sampleDue(449, 100)).isFalse();
        assertThat(ledger.sampleDue(450, 100)).isTrue();
    }

    @Test
    void samplesThatAreToComeMoreOftenThanBeforeDoSoAtOnce() {
        Ledger ledger = new Ledger();
        ledger.sampleDue(0, 1_000_000);

        assertThat(ledger.sampleDue(50, 100)).isFalse();
        assertThat(ledger.sampleDue(149, 100)).isFalse();
        assertThat(ledger.sampleDue(150, 100)).isTrue();
    }
}
