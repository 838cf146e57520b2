package io.babble.cli.terminal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Receives SIGINT (Ctrl-C), SIGTERM and SIGHUP instead of the JVM. The JVM would run the shutdown hooks of Flink and
 * Kafka at the same time, which leaves no time for a savepoint. A second signal has no effect, because Maven passes one
 * Ctrl-C on twice.
 */
public final class StopSignal {
    private final CountDownLatch received = new CountDownLatch(1);

    /** Installs the signal handlers, for the rest of the life of the process. */
    public static StopSignal install() {
        StopSignal stop = new StopSignal();
        List.of("INT", "TERM", "HUP").forEach(stop::handle);
        return stop;
    }

    public boolean isReceived() {
        return received.getCount() == 0;
    }

    /** Waits for a signal. Returns false after the timeout. */
    public boolean await(Duration timeout) throws InterruptedException {
        return received.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Uses reflection, because the compiler's warning about {@code sun.misc} cannot be suppressed. */
    private void handle(String signal) {
        try {
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Class<?> signalType = Class.forName("sun.misc.Signal");
            InvocationHandler handler = (proxy, method, args) -> {
                received.countDown();
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
            throw new IllegalStateException("This JVM cannot handle signal " + signal, e);
        }
    }
}
