#!/bin/sh
# Runs Mosquitto with the files in FOLDER, and has it read them again when a box was enrolled or a certificate renewed.
folder=$1
mosquitto -c "$folder/mosquitto.conf" &
broker=$!
trap 'kill -TERM $broker' TERM INT
stamp() { stat -c %Y.%i "$folder/passwords" "$folder/access" "$folder/server.pem" 2>/dev/null; }
before=$(stamp)
while kill -0 $broker 2>/dev/null; do
    sleep 1 &
    wait $!
    now=$(stamp)
    if [ "$now" != "$before" ]; then
        before=$now
        kill -HUP $broker
    fi
done
wait $broker
