@echo off
rem Starts the desk on Windows, and installs it the first time. Without a network.
setlocal
set PYTHONUTF8=1
where py >nul 2>nul
if errorlevel 1 (
    python "%~dp0start.py" %*
) else (
    py -3 "%~dp0start.py" %*
)
if errorlevel 1 pause
