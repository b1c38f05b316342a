"""What we claim about speed, runnable: `./kontor bench NAME`. Each measures our code against a floor it cannot beat."""
