package io.babble.cli.terminal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, {@code kill} and the end of the terminal as something to ask for. Java's own answer, to end the process at once while
 * Flink's and Kafka's shutdown hooks pull the ground from under each other, leaves no time for a savepoint. A second signal
 * changes nothing: through Maven one Ctrl-C becomes two signals.
 */
public final class StopSignal {
    private final CountDownLatch asked = new CountDownLatch(1);

    /** Takes the signals from now on, for the rest of the process's life. */
    public static StopSignal install() {
        StopSignal stop = new StopSignal();
        List.of("INT", "TERM", "HUP").forEach(stop::handle);
        return stop;
    }

    public boolean asked() {
        return asked.getCount() == 0;
    }

    /** True when asked to stop, false when the time is over. */
    public boolean await(Duration patience) throws InterruptedException {
        return asked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** By name: the module is made for such use, and the compiler still warns of it in a way that cannot be switched off. */
    private void handle(String signal) {
        try {
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Class<?> signalType = Class.forName("sun.misc.Signal");
            InvocationHandler handler = (proxy, method, args) -> {
                asked.countDown();
                return null;
            };
            signalType
                    .getMethod("handle", signalType, handlerType)
                    .invoke(
                            null,
                            signalType.getConstructor(String.class).newInstance(signal),
                            Proxy.newProxyInstance(
                                    StopSignal.class.getClassLoader(), new Class<?>[] {handlerType}, handler));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This Java cannot take signal " + signal, e);
        }
    }
}
